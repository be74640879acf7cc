# wheel: watchfiles
"""The watcher in Rust."""
import os, tempfile, threading
from watchfiles import watch, Change
folder = tempfile.mkdtemp()
stop = threading.Event()
threading.Timer(0.5, lambda: open(os.path.join(folder, "f"), "w").close()).start()
for changes in watch(folder, stop_event=stop, debounce=50, step=20, rust_timeout=3000):
    print(sorted((change.name, os.path.basename(path)) for change, path in changes))
    break
