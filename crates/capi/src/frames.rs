//! Code objects, frames, generators and functions, mostly by their attributes.
//! <https://docs.python.org/3.14/c-api/frame.html>, <https://docs.python.org/3.14/c-api/code.html>

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use abi::PyThreadState;
use runtime::eval::call::new_frame;
use runtime::objects::code::Code;
use runtime::objects::frame::FrameObject;
use runtime::objects::function::Function;
use runtime::prelude::*;

use crate::containers::borrowed;
use crate::support::{Raw, expect, exported, name};

/// An attribute, None being nothing.
fn optional(object: &Object, attribute: &Str) -> Result<Option<Ref>> {
    Ok(Some(object.get_attr(attribute)?).filter(|value| !value.is_none()))
}

/// An attribute that the object holds too, borrowed; null for None.
fn borrow(object: &Object, attribute: &Str) -> Result<Raw> {
    Ok(optional(object, attribute)?.map_or(null_mut(), borrowed))
}

/// The Python frame that runs: C functions have none.
fn current_frame() -> Result<Option<Ref>> {
    Ok(Thread::current().frames().current().map(|frame| FrameObject::of(frame).into_object()))
}

exported! {
    fn PyEval_GetFrame() -> Result<Raw> {
        Ok(current_frame()?.map_or(null_mut(), borrowed))
    }

    fn PyThreadState_GetFrame(_state: *mut PyThreadState) -> Result<Option<Ref>> {
        current_frame()
    }

    fn PyEval_GetGlobals() -> Result<Raw> {
        match current_frame()? {
            Some(frame) => borrow(&frame, intern!("f_globals")),
            None => Ok(null_mut()),
        }
    }

    fn PyEval_GetFrameGlobals() -> Result<Option<Ref>> {
        match current_frame()? {
            Some(frame) => optional(&frame, intern!("f_globals")),
            None => Ok(None),
        }
    }

    fn PyEval_GetFrameBuiltins() -> Result<Option<Ref>> {
        match current_frame()? {
            Some(frame) => optional(&frame, intern!("f_builtins")),
            None => Ok(Interpreter::current().builtins.get().map(Ref::into_object)),
        }
    }

    fn PyEval_GetFrameLocals() -> Result {
        match current_frame()? {
            Some(frame) => frame.get_attr(intern!("f_locals")),
            None => Err(raise!(SystemError, "frame does not exist")),
        }
    }

    fn PyEval_GetLocals() -> Result<Raw> {
        let Some(frame) = current_frame()? else { return Err(raise!(SystemError, "frame does not exist")) };
        let locals = frame.get_attr(intern!("f_locals"))?;
        // The caller borrows: the thread's dict holds what a function's frame makes anew each time.
        if let Some(dict) = Object::from_raw_opt(crate::pystate::PyThreadState_GetDict()) {
            dict.set_item(intern!("__taipan_locals__"), &locals)?;
        }
        Ok(borrowed(locals))
    }

    /// A frame that never runs: what extension modules put into tracebacks.
    fn PyFrame_New(_state: *mut PyThreadState, code: &Object, globals: &Object, locals: Option<&Object>) -> Result<Ref<FrameObject>> {
        let function = Function::new(expect(code)?, expect(globals)?)?;
        let thread = Thread::current();
        let frame = new_frame(thread, function, locals.map(Object::to_ref), 0);
        let object = FrameObject::of(&*frame);
        object.take_over(frame);
        thread.frames().data_stack().pop(frame.cast());
        Ok(object)
    }

    fn PyTraceBack_Here(frame: &Object) -> Result<()> {
        let thread = Thread::current();
        let Some(exception) = thread.take_exception() else { return Err(crate::support::bad_internal_call()) };
        runtime::objects::traceback::add_here(&exception, expect::<FrameObject>(frame)?.frame());
        thread.set_exception(Some(exception));
        Ok(())
    }

    fn PyTraceBack_Print(traceback: Option<&Object>, file: &Object) -> Result<()> {
        let Some(traceback) = traceback else { return Ok(()) };
        let lines = crate::types::named("traceback", "format_tb")?.call(&[traceback])?;
        file.call_method(intern!("write"), &[&*Str::new("Traceback (most recent call last):\n")])?;
        lines.for_each(|line| file.call_method(intern!("write"), &[&*line]).map(drop))
    }

    /// Looks at nothing but the frame: greenlet passes an incomplete object of its own.
    fn PyFrame_GetBack(frame: *mut FrameObject) -> Option<Ref<FrameObject>> {
        (*frame).previous()
    }

    fn PyFrame_GetCode(frame: &Object) -> Result {
        frame.get_attr(intern!("f_code"))
    }

    fn PyFrame_GetGlobals(frame: &Object) -> Result {
        frame.get_attr(intern!("f_globals"))
    }

    fn PyFrame_GetBuiltins(frame: &Object) -> Result {
        frame.get_attr(intern!("f_builtins"))
    }

    fn PyFrame_GetLocals(frame: &Object) -> Result {
        frame.get_attr(intern!("f_locals"))
    }

    fn PyFrame_GetGenerator(frame: &Object) -> Result<Option<Ref>> {
        optional(frame, intern!("f_generator"))
    }

    fn PyFrame_GetVar(frame: &Object, variable: &Object) -> Result {
        variable_of(frame, variable)
    }

    fn PyFrame_GetVarString(frame: &Object, variable: *const c_char) -> Result {
        variable_of(frame, &name(variable))
    }

    fn PyFrame_GetLineNumber(frame: &Object) -> c_int {
        let line = optional(frame, intern!("f_lineno")).and_then(|line| match line {
            Some(line) => crate::longobject::to_int(&line),
            None => Ok(0),
        });
        line.unwrap_or_else(|raised| {
            raised.clear();
            0
        })
    }

    fn PyFrame_GetLasti(frame: &Object) -> c_int {
        let index = frame.get_attr(intern!("f_lasti")).and_then(|index| crate::longobject::to_int(&index));
        index.unwrap_or_else(|raised| {
            raised.clear();
            -1
        })
    }

    fn PyGen_GetCode(generator: &Object) -> Result {
        generator.get_attr(intern!("gi_code"))
    }

    fn PyCode_GetCode(code: &Object) -> Result {
        code.get_attr(intern!("co_code"))
    }

    fn PyCode_GetVarnames(code: &Object) -> Result {
        code.get_attr(intern!("co_varnames"))
    }

    fn PyCode_GetCellvars(code: &Object) -> Result {
        code.get_attr(intern!("co_cellvars"))
    }

    fn PyCode_GetFreevars(code: &Object) -> Result {
        code.get_attr(intern!("co_freevars"))
    }

    fn PyCode_Addr2Line(code: &Object, offset: c_int) -> c_int {
        line_of(code, offset).unwrap_or_else(|raised| {
            raised.clear();
            -1
        })
    }

    fn PyCode_NewEmpty(filename: *const c_char, function: *const c_char, line: c_int) -> Result {
        // Tracebacks are made while the exception is set.
        let exception = Thread::current().take_exception();
        let compile = crate::types::builtin("compile")?;
        let code = compile.call(&[&*Str::new(""), &*name(filename), &*Str::new("exec")])?;
        let function = name(function);
        let names = ["co_name", "co_qualname", "co_firstlineno", "co_linetable"].map(|name| Str::new(name).into_object());
        let replace = code.get_attr(intern!("replace"))?;
        // One entry of the form without columns, on the first line, for all of the few instructions.
        let units = expect::<Code>(&code)?.unit_count().clamp(1, 8) as u8;
        let lines = Bytes::new(&[0x80 | 13 << 3 | (units - 1), 0]);
        let code =
            replace.call_kw(&[&*function, &*function, &*Int::new(line as i64), &*lines], Some(&Tuple::pack(names)))?;
        if exception.is_some() {
            Thread::current().set_exception(exception);
        }
        Ok(code)
    }

    fn PyUnstable_Code_NewWithPosOnlyArgs(
        argcount: c_int, posonly: c_int, kwonly: c_int, nlocals: c_int, stacksize: c_int, flags: c_int, code: &Object, consts: &Object,
        names: &Object, varnames: &Object, freevars: &Object, cellvars: &Object, filename: &Object, function: &Object,
        qualname: &Object, first_line: c_int, line_table: &Object, exception_table: &Object
    ) -> Result {
        let number = |value: c_int| Int::new(value as i64);
        Code::type_object().call(&[
            &*number(argcount),
            &*number(posonly),
            &*number(kwonly),
            &*number(nlocals),
            &*number(stacksize),
            &*number(flags),
            code,
            consts,
            names,
            varnames,
            filename,
            function,
            qualname,
            &*number(first_line),
            line_table,
            exception_table,
            freevars,
            cellvars,
        ])
    }

    fn PyUnstable_Code_New(
        argcount: c_int, kwonly: c_int, nlocals: c_int, stacksize: c_int, flags: c_int, code: &Object, consts: &Object, names: &Object,
        varnames: &Object, freevars: &Object, cellvars: &Object, filename: &Object, function: &Object, qualname: &Object,
        first_line: c_int, line_table: &Object, exception_table: &Object
    ) -> Raw {
        PyUnstable_Code_NewWithPosOnlyArgs(
            argcount, 0, kwonly, nlocals, stacksize, flags, code, consts, names, varnames, freevars, cellvars, filename, function,
            qualname, first_line, line_table, exception_table,
        )
    }

    fn PyFunction_GetCode(function: &Object) -> Result<Raw> {
        borrow(function, intern!("__code__"))
    }

    fn PyFunction_GetGlobals(function: &Object) -> Result<Raw> {
        borrow(function, intern!("__globals__"))
    }

    fn PyFunction_GetModule(function: &Object) -> Result<Raw> {
        borrow(function, intern!("__module__"))
    }

    fn PyFunction_GetDefaults(function: &Object) -> Result<Raw> {
        borrow(function, intern!("__defaults__"))
    }

    fn PyFunction_GetKwDefaults(function: &Object) -> Result<Raw> {
        borrow(function, intern!("__kwdefaults__"))
    }

    fn PyFunction_GetClosure(function: &Object) -> Result<Raw> {
        borrow(function, intern!("__closure__"))
    }

    fn PyFunction_GetAnnotations(function: &Object) -> Result<Raw> {
        borrow(function, intern!("__annotations__"))
    }

    fn PyFunction_SetDefaults(function: &Object, defaults: &Object) -> Result<()> {
        function.set_attr(intern!("__defaults__"), defaults)
    }

    fn PyFunction_SetKwDefaults(function: &Object, defaults: &Object) -> Result<()> {
        function.set_attr(intern!("__kwdefaults__"), defaults)
    }

    fn PyFunction_SetClosure(function: &Object, closure: &Object) -> Result<()> {
        let function = expect::<Function>(function)?;
        if !closure.is_none() && closure.downcast::<Tuple>().is_none() {
            return Err(raise!(SystemError, "expected tuple for closure, got '{}'", closure.ty().name()));
        }
        function.closure.set(closure.to_ref().cast::<Tuple>().ok());
        Ok(())
    }

    fn PyFunction_SetVectorcall(function: &Object, vectorcall: abi::vectorcallfunc) {
        if let Some(function) = function.downcast::<Function>() {
            function.set_vectorcall(vectorcall);
        }
    }

    fn PyFunction_SetAnnotations(function: &Object, annotations: &Object) -> Result<()> {
        function.set_attr(intern!("__annotations__"), annotations)
    }

    fn PyClassMethod_New(callable: &Object) -> Result {
        crate::types::builtin("classmethod")?.call(&[callable])
    }

    fn PyStaticMethod_New(callable: &Object) -> Result {
        crate::types::builtin("staticmethod")?.call(&[callable])
    }

    fn PyGC_Enable() -> bool {
        collector(intern!("enable"))
    }

    fn PyGC_Disable() -> bool {
        collector(intern!("disable"))
    }

    fn PyGC_IsEnabled() -> bool {
        collector(intern!("isenabled"))
    }

    fn PyGC_Collect() -> isize {
        let before = Thread::current().take_exception();
        let collect = crate::types::named("gc", "collect").and_then(|collect| collect.call(&[]));
        let count = collect.and_then(|count| crate::number::index(&count)).unwrap_or_else(|raised| {
            raised.clear();
            0
        });
        Thread::current().set_exception(before);
        count
    }

    fn PyContext_Enter(context: &Object) -> Result<()> {
        runtime::context::enter(context)
    }

    fn PyContext_Exit(context: &Object) -> Result<()> {
        runtime::context::exit(context)
    }
}

fn variable_of(frame: &Object, variable: &Object) -> Result {
    let locals = frame.get_attr(intern!("f_locals"))?;
    match runtime::protocol::item::get_item_opt(&locals, variable)? {
        Some(value) => Ok(value),
        None => Err(raise!(NameError, "variable {} does not exist", variable.repr()?)),
    }
}

/// The line of an instruction, by its offset in bytes.
fn line_of(code: &Object, offset: c_int) -> Result<c_int> {
    if offset < 0 {
        return crate::longobject::to_int(&*code.get_attr(intern!("co_firstlineno"))?);
    }
    Ok(expect::<Code>(code)?.line_at(offset as usize / 2).unwrap_or(-1))
}

/// Calls a function of `gc`; gives whether the collector was on before.
fn collector(function: &Str) -> bool {
    let run = || -> Result<bool> {
        let gc = crate::import::module("gc")?;
        let before = gc.call_method(intern!("isenabled"), &[])?.is_true()?;
        gc.call_method(function, &[])?;
        Ok(before)
    };
    run().unwrap_or_else(|raised| {
        raised.clear();
        true
    })
}
