# wheel: psutil
"""What psutil tells of this process."""
import os
import psutil

p = psutil.Process()
print(p.pid == os.getpid(), p.ppid() == os.getppid(), p.is_running(), p.status() in ("running", "sleeping"), psutil.pid_exists(os.getpid()), p.num_threads() >= 1)
print(psutil.cpu_count() >= 1, psutil.virtual_memory().total > 0, psutil.virtual_memory()._fields[:3], psutil.swap_memory()._fields, p.memory_info().rss > 0, p.memory_info()._fields)
print(psutil.disk_usage("/").total > 0, type(psutil.net_if_addrs()).__name__, psutil.cpu_times()._fields[:3], len(p.cpu_affinity()) >= 1, p.nice(), p.uids().real == os.getuid())
print(p.rlimit(psutil.RLIMIT_NOFILE)[0] > 0, p.open_files() is not None, p.environ().get("PYTHONHASHSEED"), p.cwd() == os.getcwd())
try:
    psutil.Process(2**22 + 5)
except psutil.NoSuchProcess as e:
    print(type(e).__name__, e.pid == 2**22 + 5)
for bad in (-5, "x"):
    try:
        psutil.Process(bad)
    except Exception as e:
        print(type(e).__name__, e)
