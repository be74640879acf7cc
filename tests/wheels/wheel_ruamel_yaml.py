# wheel: ruamel_yaml
"""YAML with its comments."""
import sys
from ruamel.yaml import YAML
yaml = YAML()
data = yaml.load("a: 1 # one\nb: [x, 2.5]\n")
data["a"] = 2
yaml.dump(data, sys.stdout)
