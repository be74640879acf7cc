# wheel: setproctitle
"""The process's title."""
import setproctitle
setproctitle.setproctitle("a title")
print(setproctitle.getproctitle())
