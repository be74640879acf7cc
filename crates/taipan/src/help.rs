//! What `--help` prints.

/// The text of `--help`.
pub const HELP: &str = "\
usage: taipan [option] ... [-c cmd | -m mod | file | -] [arg] ...
Options (and corresponding environment variables):
-b     : warn about comparing bytes with str; -bb: make it an error
-B     : don't write .pyc files; also PYTHONDONTWRITEBYTECODE=x
-c cmd : run the program text cmd (ends the list of options)
-d     : debugging output of the parser; also PYTHONDEBUG=x
-E     : ignore PYTHON* environment variables
-h     : print this help and exit (also -? or --help)
-i     : enter the interactive session after running the program; also PYTHONINSPECT=x
-I     : isolate from the user's environment (implies -E, -P and -s)
-m mod : run a library module as a program (ends the list of options)
-O     : remove assert statements; also PYTHONOPTIMIZE=x
-OO    : do as -O, and discard docstrings
-P     : don't put a possibly unsafe path before sys.path; also PYTHONSAFEPATH
-q     : don't print version and copyright on interactive start
-s     : don't add the user's site directory to sys.path; also PYTHONNOUSERSITE=x
-S     : don't import site at start
-u     : leave standard output and error unbuffered; also PYTHONUNBUFFERED=x
-v     : trace imports; also PYTHONVERBOSE=x
-V     : print the version and exit (also --version); -VV: tell more
-W arg : filter warnings, arg is action:message:category:module:lineno; also PYTHONWARNINGS=arg
-x     : skip the source's first line
-X opt : set an implementation-specific option
--check-hash-based-pycs always|default|never: how hash-based .pyc files are checked
file   : the program's file
-      : the program is read from standard input (also without any of these)
arg ...: arguments of the program, in sys.argv[1:]
";
