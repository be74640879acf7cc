//! Compiling and running of text and files. <https://docs.python.org/3.14/c-api/veryhigh.html>

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr::null_mut;

use abi::PyCompilerFlags;
use libc::FILE;
use runtime::prelude::*;

use crate::support::{Raw, exported, name, objects};
use crate::types::builtin;

exported! {
    fn Py_CompileString(source: *const c_char, filename: *const c_char, start: c_int) -> Result {
        compile(source, &name(filename), start, null_mut(), -1)
    }

    fn Py_CompileStringExFlags(source: *const c_char, filename: *const c_char, start: c_int, flags: *mut PyCompilerFlags, optimize: c_int) -> Result {
        compile(source, &name(filename), start, flags, optimize)
    }

    fn Py_CompileStringObject(source: *const c_char, filename: &Object, start: c_int, flags: *mut PyCompilerFlags, optimize: c_int) -> Result {
        compile(source, filename, start, flags, optimize)
    }

    fn Py_CompileStringFlags(source: *const c_char, filename: *const c_char, start: c_int, flags: *mut PyCompilerFlags) -> Result {
        compile(source, &name(filename), start, flags, -1)
    }

    fn PyRun_StringFlags(source: *const c_char, start: c_int, globals: &Object, locals: &Object, flags: *mut PyCompilerFlags) -> Result {
        run(source, start, globals, locals, flags)
    }

    fn PyRun_String(source: *const c_char, start: c_int, globals: &Object, locals: &Object) -> Result {
        run(source, start, globals, locals, null_mut())
    }

    fn PyRun_SimpleStringFlags(source: *const c_char, flags: *mut PyCompilerFlags) -> c_int {
        simple(source, flags)
    }

    fn PyRun_SimpleString(source: *const c_char) -> c_int {
        simple(source, null_mut())
    }

    fn PyEval_EvalCode(code: &Object, globals: &Object, locals: Option<&Object>) -> Result {
        builtin("eval")?.call(&[code, globals, locals.unwrap_or(globals)])
    }

    fn PyRun_File(file: *mut FILE, filename: *const c_char, start: c_int, globals: &Object, locals: &Object) -> Result {
        let source = read(file, 0)?;
        run_named(source.as_ptr(), &name(filename), start, globals, locals, null_mut())
    }

    fn PyRun_AnyFile(file: *mut FILE, filename: *const c_char) -> c_int {
        simple_file(file, filename, 0, null_mut())
    }

    fn PyRun_SimpleFile(file: *mut FILE, filename: *const c_char) -> c_int {
        simple_file(file, filename, 0, null_mut())
    }

    fn PyRun_FileEx(file: *mut FILE, filename: *const c_char, start: c_int, globals: &Object, locals: &Object, close: c_int) -> Result {
        let source = read(file, close)?;
        run_named(source.as_ptr(), &name(filename), start, globals, locals, null_mut())
    }

    fn PyRun_AnyFileEx(file: *mut FILE, filename: *const c_char, close: c_int) -> c_int {
        simple_file(file, filename, close, null_mut())
    }

    fn PyRun_SimpleFileEx(file: *mut FILE, filename: *const c_char, close: c_int) -> c_int {
        simple_file(file, filename, close, null_mut())
    }

    fn PyRun_FileFlags(file: *mut FILE, filename: *const c_char, start: c_int, globals: &Object, locals: &Object, flags: *mut PyCompilerFlags) -> Result {
        let source = read(file, 0)?;
        run_named(source.as_ptr(), &name(filename), start, globals, locals, flags)
    }

    fn PyRun_AnyFileFlags(file: *mut FILE, filename: *const c_char, flags: *mut PyCompilerFlags) -> c_int {
        simple_file(file, filename, 0, flags)
    }

    fn PyRun_FileExFlags(file: *mut FILE, filename: *const c_char, start: c_int, globals: &Object, locals: &Object, close: c_int, flags: *mut PyCompilerFlags) -> Result {
        let source = read(file, close)?;
        run_named(source.as_ptr(), &name(filename), start, globals, locals, flags)
    }

    fn PyRun_AnyFileExFlags(file: *mut FILE, filename: *const c_char, close: c_int, flags: *mut PyCompilerFlags) -> c_int {
        simple_file(file, filename, close, flags)
    }

    fn PyRun_SimpleFileExFlags(file: *mut FILE, filename: *const c_char, close: c_int, flags: *mut PyCompilerFlags) -> c_int {
        simple_file(file, filename, close, flags)
    }

    fn PyRun_InteractiveOne(_file: *mut FILE, _filename: *const c_char) -> Result<c_int> {
        Err(interactive())
    }

    fn PyRun_InteractiveOneFlags(_file: *mut FILE, _filename: *const c_char, _flags: *mut PyCompilerFlags) -> Result<c_int> {
        Err(interactive())
    }

    fn PyRun_InteractiveOneObject(_file: *mut FILE, _filename: &Object, _flags: *mut PyCompilerFlags) -> Result<c_int> {
        Err(interactive())
    }

    fn PyRun_InteractiveLoop(_file: *mut FILE, _filename: *const c_char) -> Result<c_int> {
        Err(interactive())
    }

    fn PyRun_InteractiveLoopFlags(_file: *mut FILE, _filename: *const c_char, _flags: *mut PyCompilerFlags) -> Result<c_int> {
        Err(interactive())
    }

    fn PyEval_EvalCodeEx(
        code: &Object,
        globals: &Object,
        locals: Option<&Object>,
        args: *const Raw,
        arg_count: c_int,
        keywords: *const Raw,
        keyword_count: c_int,
        defaults: *const Raw,
        default_count: c_int,
        keyword_defaults: Option<&Object>,
        closure: Option<&Object>,
    ) -> Result {
        let count = arg_count.max(0) as usize;
        if count == 0 && keyword_count <= 0 && default_count <= 0 && closure.is_none()
            && let Some(locals) = locals
        {
            return builtin("eval")?.call(&[code, globals, locals]);
        }
        let defaults = objects(defaults, default_count.max(0) as usize);
        let defaults = Tuple::from_vec(defaults.iter().map(|value| value.to_ref()).collect());
        let absent = none();
        let function = runtime::objects::function::Function::type_object().call(&[
            code,
            globals,
            &*absent,
            &*defaults,
            closure.unwrap_or(&absent),
        ])?;
        if let Some(values) = keyword_defaults {
            function.set_attr(intern!("__kwdefaults__"), values)?;
        }
        let args = Tuple::from_vec(objects(args, count).iter().map(|value| value.to_ref()).collect());
        let named = Dict::new();
        for pair in objects(keywords, 2 * keyword_count.max(0) as usize).chunks(2) {
            named.insert(pair[0], pair[1])?;
        }
        function.call_dict(&args, Some(&named))
    }
}

/// `compile(source, filename, mode, flags)`.
unsafe fn compile(
    source: *const c_char,
    filename: &Object,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> Result {
    // SAFETY: C's pointers.
    unsafe {
        let mode = match start {
            abi::Py_single_input => "single",
            abi::Py_eval_input => "eval",
            abi::Py_func_type_input => "func_type",
            _ => "exec",
        };
        let flags = flags.as_ref().map_or(0, |flags| flags.cf_flags & !abi::PyCF_SOURCE_IS_UTF8);
        builtin("compile")?.call(&[
            &*Bytes::new(CStr::from_ptr(source).to_bytes()),
            filename,
            &*Str::new(mode),
            &*Int::new(flags as i64),
            &*py_true(),
            &*Int::new(optimize as i64),
        ])
    }
}

unsafe fn run(
    source: *const c_char,
    start: c_int,
    globals: &Object,
    locals: &Object,
    flags: *mut PyCompilerFlags,
) -> Result {
    // SAFETY: C's pointers.
    unsafe { run_named(source, &Str::new("<string>"), start, globals, locals, flags) }
}

/// As [`run`], for a text that has a name.
unsafe fn run_named(
    source: *const c_char,
    filename: &Object,
    start: c_int,
    globals: &Object,
    locals: &Object,
    flags: *mut PyCompilerFlags,
) -> Result {
    // SAFETY: C's pointers.
    let code = unsafe { compile(source, filename, start, flags, -1) }?;
    builtin("eval")?.call(&[&*code, globals, locals])
}

/// Runs a text in `__main__` and prints what it raises.
unsafe fn simple(source: *const c_char, flags: *mut PyCompilerFlags) -> c_int {
    // SAFETY: C's pointers.
    unsafe { in_main(source, &Str::new("<string>"), flags) }
}

unsafe fn in_main(source: *const c_char, filename: &Object, flags: *mut PyCompilerFlags) -> c_int {
    let run = || {
        let main = crate::import::module("__main__")?;
        let globals = main.get_attr(intern!("__dict__"))?;
        // SAFETY: C's pointers.
        unsafe { run_named(source, filename, abi::Py_file_input, &globals, &globals, flags) }
    };
    match run() {
        Ok(_) => 0,
        Err(raised) => {
            crate::eval::print_exception(raised.take(), true);
            -1
        }
    }
}

/// Runs a file in `__main__`, as its `__file__`, and prints what it raises.
unsafe fn simple_file(
    file: *mut FILE,
    filename: *const c_char,
    close: c_int,
    flags: *mut PyCompilerFlags,
) -> c_int {
    // SAFETY: C's pointers; the file is open.
    unsafe {
        let filename = if filename.is_null() { Str::new("???") } else { name(filename) };
        let source = read(file, close);
        let prepare = || -> Result<(CString, Option<Ref<Dict>>)> {
            let source = source?;
            let main = crate::import::module("__main__")?;
            let globals = main.get_attr(intern!("__dict__"))?.cast::<Dict>().ok();
            let mut named = None;
            if let Some(globals) = globals
                && globals.get_str(intern!("__file__"))?.is_none()
            {
                globals.insert_str(intern!("__file__"), &filename)?;
                named = Some(globals);
            }
            Ok((source, named))
        };
        match prepare() {
            Ok((source, named)) => {
                let status = in_main(source.as_ptr(), &filename, flags);
                if let Some(globals) = named {
                    globals.remove(intern!("__file__")).map_err(Raised::clear).ok();
                }
                status
            }
            Err(raised) => {
                crate::eval::print_exception(raised.take(), true);
                -1
            }
        }
    }
}

/// The rest of a file.
unsafe fn read(file: *mut FILE, close: c_int) -> Result<CString> {
    let mut content = Vec::new();
    let mut block = [0u8; 4096];
    // SAFETY: the file is open.
    unsafe {
        loop {
            let count = libc::fread(block.as_mut_ptr().cast(), 1, block.len(), file);
            content.extend_from_slice(&block[..count]);
            if count == 0 {
                break;
            }
        }
        if close != 0 {
            libc::fclose(file);
        }
    }
    CString::new(content).map_err(|_| raise!(SyntaxError, "source code cannot contain null bytes"))
}

#[cold]
fn interactive() -> Raised {
    raise!(NotImplementedError, "the C API cannot run a file interactively yet")
}
