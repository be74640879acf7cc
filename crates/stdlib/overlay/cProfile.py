"""The profiler that is fast enough for real programs: _lsprof, with the interface of the module profile."""

import _lsprof
import importlib.machinery
import importlib.util
import io
import profile as _pyprofile

__all__ = ["run", "runctx", "Profile"]


def run(statement, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    utilities = _pyprofile._Utils(Profile)
    return utilities.runctx(statement, globals, locals, filename, sort)


run.__doc__ = _pyprofile.run.__doc__
runctx.__doc__ = _pyprofile.runctx.__doc__


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    A profiler. Without a timer it measures real time; with one that
    counts in whole numbers, timeunit is what one of them is in seconds.
    """

    def print_stats(self, sort=-1):
        import pstats
        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        import marshal
        with open(file, 'wb') as out:
            self.create_stats()
            marshal.dump(self.stats, out)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Put into self.stats what pstats reads: by function its numbers, and by caller those of its calls."""
        self.stats = {}
        callers_of = {}
        entries = self.getstats()
        for entry in entries:
            callers = callers_of[id(entry.code)] = {}
            self.stats[label(entry.code)] = (*_numbers(entry), callers)
        for entry in entries:
            caller = label(entry.code)
            for callee in entry.calls or ():
                callers = callers_of.get(id(callee.code))
                if callers is None:
                    continue
                # Here pstats wants all calls first, then those that were not recursive.
                once, calls, inline, total = _numbers(callee)
                numbers = calls, once, inline, total
                if caller in callers:
                    numbers = tuple(map(sum, zip(numbers, callers[caller])))
                callers[caller] = numbers

    def run(self, cmd):
        import __main__
        names = __main__.__dict__
        return self.runctx(cmd, names, names)

    def runctx(self, cmd, globals, locals):
        with self:
            exec(cmd, globals, locals)
        return self

    def runcall(self, func, /, *args, **kw):
        with self:
            return func(*args, **kw)

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def _numbers(entry):
    """Calls that were not recursive, all calls, the time in it alone, and the time with what it called."""
    return entry.callcount - entry.reccallcount, entry.callcount, entry.inlinetime, entry.totaltime


def label(code):
    """The name of a function in statistics: of native ones it is all there is; '~' sorts last."""
    if isinstance(code, str):
        return ('~', 0, code)
    return (code.co_filename, code.co_firstlineno, code.co_name)


def _parser():
    import pstats
    from optparse import OptionParser
    parser = OptionParser(
        usage="cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...")
    parser.allow_interspersed_args = False
    parser.add_option('-o', '--outfile', dest="outfile", default=None, help="Save stats to <outfile>")
    parser.add_option('-s', '--sort', dest="sort", default=2, choices=sorted(pstats.Stats.sort_arg_dict_default),
                      help="Sort order when printing to stdout, based on pstats.Stats class")
    parser.add_option('-m', dest="module", action="store_true", default=False, help="Profile a library module")
    return parser


def _script(path):
    """The code of a script, and the namespace of a new module __main__ for it."""
    import os
    import sys
    sys.path.insert(0, os.path.dirname(path))
    with io.open_code(path) as source:
        code = compile(source.read(), path, 'exec')
    spec = importlib.machinery.ModuleSpec(name='__main__', loader=None, origin=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules['__main__'] = module
    module.__dict__.update(__spec__=None, __file__=path, __name__='__main__', __package__=None, __cached__=None)
    return code, module.__dict__


def main():
    import os
    import sys
    parser = _parser()
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    # The program may change its directory.
    outfile = options.outfile and os.path.abspath(options.outfile)
    if not args:
        parser.print_usage()
        return parser
    if options.module:
        import runpy
        code = "run_module(name, run_name='__main__')"
        names = {'run_module': runpy.run_module, 'name': args[0]}
    else:
        code, names = _script(args[0])
    try:
        runctx(code, names, None, outfile, options.sort)
    except BrokenPipeError as error:
        # Nothing is left to be flushed to.
        sys.stdout = None
        sys.exit(error.errno)
    return parser


if __name__ == '__main__':
    main()
