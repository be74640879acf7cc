"""What the programs beside this file share: results and exceptions as lines of text."""

import re


def plain(value):
    """The text of a value, without addresses and folders."""
    return re_address(repr(value))


def re_address(text):
    text = re.sub(r" from '[^']*/", " from '", text)
    parts = text.split(" at 0x")
    return parts[0] + "".join(" at ..." + part.lstrip("0123456789abcdef") for part in parts[1:])


def call(function, *args, **kwargs):
    """Prints what a call gives or raises."""
    name = getattr(function, "__name__", None) or plain(function)
    shown = ", ".join([plain(a) for a in args] + [f"{k}={plain(v)}" for k, v in kwargs.items()])
    if len(shown) > 200:
        shown = shown[:200] + "..."
    try:
        result = function(*args, **kwargs)
    except BaseException as error:
        message = re_address(str(error))
        if message.endswith("bad argument to internal function"):
            message = "bad argument to internal function"  # CPython says where in its source
        print(f"{name}({shown}) raises {type(error).__name__}: {message}")
    else:
        text = plain(result)
        print(f"{name}({shown}) = {type(result).__name__} {text if len(text) < 500 else text[:500] + '...'}")
