//! Compares every struct and constant of this crate with the real headers: a C program, generated from the lists
//! below, prints sizes, offsets and values, and Rust prints the same.
//!
//! The headers are those of `$TAIPAN_REFERENCE_INCLUDE` (the `python3.14` folder), else of the reference installation in
//! the user's cache. Without either, the test compares with `layout.txt`, which `TAIPAN_RECORD=1 cargo test` rewrites.

#![allow(clippy::unnecessary_cast)]

use std::fmt::Write;
use std::mem::{align_of, offset_of, size_of};
use std::path::{Path, PathBuf};
use std::process::Command;

use taipan_abi::*;

/// Structs that C knows by their tag only.
const TAGGED: &[&str] = &["wrapperbase", "_inittab", "_frozen", "_specialization_cache", "_opaque"];

/// Declares `structs()`: for each struct its C program text and Rust's answer.
macro_rules! structs {
    ($($name:ident { $($field:ident),* })*) => {
        fn structs() -> (String, String) {
            let (mut c, mut rust) = (String::new(), String::new());
            $(
                c_struct(&mut c, stringify!($name), &[$(stringify!($field)),*]);
                writeln!(rust, "{} {} {}", stringify!($name), size_of::<$name>(), align_of::<$name>()).unwrap();
                $(writeln!(
                    rust,
                    "{}.{} {}",
                    stringify!($name),
                    stringify!($field).trim_start_matches("r#"),
                    offset_of!($name, $field)
                ).unwrap();)*
            )*
            (c, rust)
        }
    };
}

/// Declares `constants()`: the C program text and Rust's answer.
macro_rules! constants {
    ($($name:ident)*) => {
        fn constants() -> (String, String) {
            let (mut c, mut rust) = (String::new(), String::new());
            $(
                writeln!(c, "    printf(\"{0} %lld\\n\", (long long)({0}));", stringify!($name)).unwrap();
                writeln!(rust, "{} {}", stringify!($name), $name as i64).unwrap();
            )*
            (c, rust)
        }
    };
}

/// The C statements that print a struct's size, alignment and offsets.
fn c_struct(c: &mut String, name: &str, fields: &[&str]) {
    let tag = if TAGGED.contains(&name) { "struct " } else { "" };
    writeln!(c, "    printf(\"{name} %zu %zu\\n\", sizeof({tag}{name}), _Alignof({tag}{name}));").unwrap();
    for field in fields {
        let field = field.trim_start_matches("r#");
        writeln!(c, "    printf(\"{name}.{field} %zu\\n\", offsetof({tag}{name}, {field}));").unwrap();
    }
}

structs! {
    PyObject { ob_refcnt, ob_overflow, ob_flags, ob_type }
    PyVarObject { ob_base, ob_size }
    _Py_Identifier { string, index, mutex }
    PyNumberMethods { nb_add, nb_subtract, nb_multiply, nb_remainder, nb_divmod, nb_power, nb_negative, nb_positive, nb_absolute, nb_bool, nb_invert, nb_lshift, nb_rshift, nb_and, nb_xor, nb_or, nb_int, nb_reserved, nb_float, nb_inplace_add, nb_inplace_subtract, nb_inplace_multiply, nb_inplace_remainder, nb_inplace_power, nb_inplace_lshift, nb_inplace_rshift, nb_inplace_and, nb_inplace_xor, nb_inplace_or, nb_floor_divide, nb_true_divide, nb_inplace_floor_divide, nb_inplace_true_divide, nb_index, nb_matrix_multiply, nb_inplace_matrix_multiply }
    PySequenceMethods { sq_length, sq_concat, sq_repeat, sq_item, was_sq_slice, sq_ass_item, was_sq_ass_slice, sq_contains, sq_inplace_concat, sq_inplace_repeat }
    PyMappingMethods { mp_length, mp_subscript, mp_ass_subscript }
    PyAsyncMethods { am_await, am_aiter, am_anext, am_send }
    PyBufferProcs { bf_getbuffer, bf_releasebuffer }
    PyTypeObject { ob_base, tp_name, tp_basicsize, tp_itemsize, tp_dealloc, tp_vectorcall_offset, tp_getattr, tp_setattr, tp_as_async, tp_repr, tp_as_number, tp_as_sequence, tp_as_mapping, tp_hash, tp_call, tp_str, tp_getattro, tp_setattro, tp_as_buffer, tp_flags, tp_doc, tp_traverse, tp_clear, tp_richcompare, tp_weaklistoffset, tp_iter, tp_iternext, tp_methods, tp_members, tp_getset, tp_base, tp_dict, tp_descr_get, tp_descr_set, tp_dictoffset, tp_init, tp_alloc, tp_new, tp_free, tp_is_gc, tp_bases, tp_mro, tp_cache, tp_subclasses, tp_weaklist, tp_del, tp_version_tag, tp_finalize, tp_vectorcall, tp_watched, tp_versions_used }
    _specialization_cache { getitem, getitem_version, init }
    PyHeapTypeObject { ht_type, as_async, as_number, as_mapping, as_sequence, as_buffer, ht_name, ht_slots, ht_qualname, ht_cached_keys, ht_module, _ht_tpname, ht_token, _spec_cache }
    PyType_Slot { slot, pfunc }
    PyType_Spec { name, basicsize, itemsize, flags, slots }
    _PyLongValue { lv_tag, ob_digit }
    PyLongObject { ob_base, long_value }
    PyLongLayout { bits_per_digit, digit_size, digits_order, digit_endianness }
    PyLongExport { value, negative, ndigits, digits, _reserved }
    PyFloatObject { ob_base, ob_fval }
    Py_complex { real, imag }
    PyComplexObject { ob_base, cval }
    PyASCIIObject { ob_base, length, hash, state }
    PyCompactUnicodeObject { _base, utf8_length, utf8 }
    PyUnicodeObject { _base, data }
    _PyUnicodeWriter { buffer, data, kind, maxchar, size, pos, min_length, min_char, overallocate, readonly }
    PyBytesObject { ob_base, ob_shash, ob_sval }
    PyByteArrayObject { ob_base, ob_alloc, ob_bytes, ob_start, ob_exports }
    PyTupleObject { ob_base, ob_hash, ob_item }
    PyListObject { ob_base, ob_item, allocated }
    PyDictObject { ob_base, ma_used, _ma_watcher_tag, ma_keys, ma_values }
    setentry { key, hash }
    PySetObject { ob_base, fill, used, mask, table, hash, finger, smalltable, weakreflist }
    Py_buffer { buf, obj, len, itemsize, readonly, ndim, format, shape, strides, suboffsets, internal }
    _PyManagedBufferObject { ob_base, flags, exports, master }
    PyMemoryViewObject { ob_base, mbuf, hash, flags, exports, view, weakreflist, ob_array }
    PyMethodDef { ml_name, ml_meth, ml_flags, ml_doc }
    PyCFunctionObject { ob_base, m_ml, m_self, m_module, m_weakreflist, vectorcall }
    PyCMethodObject { func, mm_class }
    PyMethodObject { ob_base, im_func, im_self, im_weakreflist, vectorcall }
    PyInstanceMethodObject { ob_base, func }
    PyGetSetDef { name, get, set, doc, closure }
    PyMemberDef { name, r#type, offset, flags, doc }
    wrapperbase { name, offset, function, wrapper, doc, flags, name_strobj }
    PyDescrObject { ob_base, d_type, d_name, d_qualname }
    PyMethodDescrObject { d_common, d_method, vectorcall }
    PyMemberDescrObject { d_common, d_member }
    PyGetSetDescrObject { d_common, d_getset }
    PyWrapperDescrObject { d_common, d_base, d_wrapped }
    PyModuleDef_Base { ob_base, m_init, m_index, m_copy }
    PyModuleDef_Slot { slot, value }
    PyModuleDef { m_base, m_name, m_doc, m_size, m_methods, m_slots, m_traverse, m_clear, m_free }
    _inittab { name, initfunc }
    _frozen { name, code, size, is_package }
    PyFrameConstructor { fc_globals, fc_builtins, fc_name, fc_qualname, fc_code, fc_defaults, fc_kwdefaults, fc_closure }
    PyFunctionObject { ob_base, func_globals, func_builtins, func_name, func_qualname, func_code, func_defaults, func_kwdefaults, func_closure, func_doc, func_dict, func_weakreflist, func_module, func_annotations, func_annotate, func_typeparams, vectorcall, func_version }
    PyCellObject { ob_base, ob_ref }
    PySliceObject { ob_base, start, stop, step }
    _PyCoCached { _co_code, _co_varnames, _co_cellvars, _co_freevars }
    _PyExecutorArray { size, capacity, executors }
    PyCodeObject { ob_base, co_consts, co_names, co_exceptiontable, co_flags, co_argcount, co_posonlyargcount, co_kwonlyargcount, co_stacksize, co_firstlineno, co_nlocalsplus, co_framesize, co_nlocals, co_ncellvars, co_nfreevars, co_version, co_localsplusnames, co_localspluskinds, co_filename, co_name, co_qualname, co_linetable, co_weakreflist, co_executors, _co_cached, _co_instrumentation_version, _co_monitoring, _co_unique_id, _co_firsttraceable, co_extra, co_code_adaptive }
    _opaque { computed_line, lo_next, limit }
    PyCodeAddressRange { ar_start, ar_end, ar_line, opaque }
    PyTracebackObject { ob_base, tb_next, tb_frame, tb_lasti, tb_lineno }
    PyFrameLocalsProxyObject { ob_base, frame }
    PyCompilerFlags { cf_flags, cf_feature_version }
    PyBaseExceptionObject { ob_base, dict, args, notes, traceback, context, cause, suppress_context }
    PyBaseExceptionGroupObject { msg, excs, excs_str }
    PySyntaxErrorObject { msg, filename, lineno, offset, end_lineno, end_offset, text, print_file_and_line, metadata }
    PyImportErrorObject { msg, name, path, name_from }
    PyUnicodeErrorObject { encoding, object, start, end, reason }
    PySystemExitObject { code }
    PyOSErrorObject { myerrno, strerror, filename, filename2, written }
    PyStopIterationObject { value }
    PyNameErrorObject { name }
    PyAttributeErrorObject { obj, name }
    PyWeakReference { ob_base, wr_object, wr_callback, hash, wr_prev, wr_next, vectorcall }
    PyStructSequence_Field { name, doc }
    PyStructSequence_Desc { name, doc, fields, n_in_sequence }
    PyDateTime_Delta { ob_base, hashcode, days, seconds, microseconds }
    PyDateTime_TZInfo { ob_base }
    _PyDateTime_BaseTZInfo { ob_base, hashcode, hastzinfo }
    _PyDateTime_BaseTime { ob_base, hashcode, hastzinfo, data }
    PyDateTime_Time { ob_base, hashcode, hastzinfo, data, fold, tzinfo }
    PyDateTime_Date { ob_base, hashcode, hastzinfo, data }
    _PyDateTime_BaseDateTime { ob_base, hashcode, hastzinfo, data }
    PyDateTime_DateTime { ob_base, hashcode, hastzinfo, data, fold, tzinfo }
    PyDateTime_CAPI { DateType, DateTimeType, TimeType, DeltaType, TZInfoType, TimeZone_UTC, Date_FromDate, DateTime_FromDateAndTime, Time_FromTime, Delta_FromDelta, TimeZone_FromTimeZone, DateTime_FromTimestamp, Date_FromTimestamp, DateTime_FromDateAndTimeAndFold, Time_FromTimeAndFold }
    PyMutex { _bits }
    _PyRemoteDebuggerSupport { debugger_pending_call, debugger_script_path }
    _PyErr_StackItem { exc_value, previous_item }
    _PyStackChunk { previous, size, top, data }
    PyThreadState { prev, next, interp, eval_breaker, holds_gil, _whence, state, py_recursion_remaining, py_recursion_limit, recursion_headroom, tracing, what_event, current_frame, c_profilefunc, c_tracefunc, c_profileobj, c_traceobj, current_exception, exc_info, dict, gilstate_counter, async_exc, thread_id, native_thread_id, delete_later, critical_section, coroutine_origin_tracking_depth, async_gen_firstiter, async_gen_finalizer, context, context_ver, id, datastack_chunk, datastack_top, datastack_limit, exc_state, current_executor, dict_global_version, threading_local_key, threading_local_sentinel, remote_debugger_support, datastack_cached_chunk }
    Py_tss_t { _is_initialized, _key }
    PyMemAllocatorEx { ctx, malloc, calloc, realloc, free }
    PyObjectArenaAllocator { ctx, alloc, free }
    _PyOnceFlag { v }
    _PyArg_Parser { format, keywords, fname, custom_msg, once, is_kwtuple_owned, pos, min, max, kwtuple, next }
    PyHash_FuncDef { hash, name, hash_bits, seed_bits }
    PyStatus { _type, func, err_msg, exitcode }
    PyWideStringList { length, items }
    PyPreConfig { _config_init, parse_argv, isolated, use_environment, configure_locale, coerce_c_locale, coerce_c_locale_warn, utf8_mode, dev_mode, allocator }
    PyConfig { _config_init, isolated, use_environment, dev_mode, install_signal_handlers, use_hash_seed, hash_seed, faulthandler, tracemalloc, perf_profiling, remote_debug, import_time, code_debug_ranges, show_ref_count, dump_refs, dump_refs_file, malloc_stats, filesystem_encoding, filesystem_errors, pycache_prefix, parse_argv, orig_argv, argv, xoptions, warnoptions, site_import, bytes_warning, warn_default_encoding, inspect, interactive, optimization_level, parser_debug, write_bytecode, verbose, quiet, user_site_directory, configure_c_stdio, buffered_stdio, stdio_encoding, stdio_errors, check_hash_pycs_mode, use_frozen_modules, safe_path, int_max_str_digits, thread_inherit_context, context_aware_warnings, cpu_count, pathconfig_warnings, program_name, pythonpath_env, home, platlibdir, module_search_paths_set, module_search_paths, stdlib_dir, executable, base_executable, prefix, base_prefix, exec_prefix, base_exec_prefix, skip_source_first_line, run_command, run_module, run_filename, sys_path_0, _install_importlib, _init_main, _is_python_build }
    PyInterpreterConfig { use_main_obmalloc, allow_fork, allow_exec, allow_threads, allow_daemon_threads, check_multi_interp_extensions, gil }
}

constants! {
    _Py_IMMORTAL_INITIAL_REFCNT
    _Py_IMMORTAL_MINIMUM_REFCNT
    _Py_STATIC_IMMORTAL_INITIAL_REFCNT
    _Py_IMMORTAL_FLAGS
    _Py_STATICALLY_ALLOCATED_FLAG
    Py_EQ
    Py_GE
    Py_LE
    Py_LT
    Py_GT
    Py_NE
    Py_CONSTANT_ELLIPSIS
    Py_CONSTANT_NOT_IMPLEMENTED
    Py_CONSTANT_ONE
    Py_CONSTANT_TRUE
    Py_CONSTANT_EMPTY_STR
    Py_CONSTANT_EMPTY_BYTES
    Py_CONSTANT_EMPTY_TUPLE
    Py_CONSTANT_FALSE
    Py_CONSTANT_ZERO
    Py_CONSTANT_NONE
    Py_PRINT_RAW
    PY_VECTORCALL_ARGUMENTS_OFFSET
    PYTHON_API_VERSION
    PYTHON_ABI_VERSION
    PY_MICRO_VERSION
    PY_MAJOR_VERSION
    PY_RELEASE_LEVEL
    PY_MINOR_VERSION
    PY_RELEASE_SERIAL
    PY_VERSION_HEX
    Py_TPFLAGS_MAPPING
    Py_TPFLAGS_IS_ABSTRACT
    Py_TPFLAGS_LIST_SUBCLASS
    Py_TPFLAGS_BYTES_SUBCLASS
    Py_TPFLAGS_PREHEADER
    Py_TPFLAGS_MANAGED_DICT
    Py_TPFLAGS_ITEMS_AT_END
    Py_TPFLAGS_BASETYPE
    Py_TPFLAGS_HAVE_GC
    Py_TPFLAGS_IMMUTABLETYPE
    _Py_TPFLAGS_HAVE_VECTORCALL
    Py_TPFLAGS_MANAGED_WEAKREF
    Py_TPFLAGS_LONG_SUBCLASS
    Py_TPFLAGS_INLINE_VALUES
    _Py_TPFLAGS_MATCH_SELF
    _Py_TPFLAGS_STATIC_BUILTIN
    Py_TPFLAGS_HAVE_STACKLESS_EXTENSION
    Py_TPFLAGS_BASE_EXC_SUBCLASS
    Py_TPFLAGS_SEQUENCE
    Py_TPFLAGS_DISALLOW_INSTANTIATION
    Py_TPFLAGS_DEFAULT
    Py_TPFLAGS_HAVE_VECTORCALL
    Py_TPFLAGS_VALID_VERSION_TAG
    Py_TPFLAGS_UNICODE_SUBCLASS
    Py_TPFLAGS_HAVE_VERSION_TAG
    Py_TPFLAGS_METHOD_DESCRIPTOR
    Py_TPFLAGS_READYING
    Py_TPFLAGS_TYPE_SUBCLASS
    Py_TPFLAGS_HEAPTYPE
    Py_TPFLAGS_TUPLE_SUBCLASS
    Py_TPFLAGS_DICT_SUBCLASS
    Py_TPFLAGS_HAVE_FINALIZE
    Py_TPFLAGS_READY
    Py_am_aiter
    Py_nb_index
    Py_bf_releasebuffer
    Py_tp_dealloc
    Py_tp_setattro
    Py_nb_inplace_power
    Py_sq_concat
    Py_nb_float
    Py_nb_positive
    Py_tp_call
    Py_nb_add
    Py_tp_traverse
    Py_nb_or
    Py_nb_inplace_matrix_multiply
    Py_nb_floor_divide
    Py_nb_invert
    Py_tp_new
    Py_nb_inplace_remainder
    Py_nb_inplace_floor_divide
    Py_mp_ass_subscript
    Py_sq_repeat
    Py_nb_negative
    Py_tp_token
    Py_tp_setattr
    Py_tp_repr
    Py_tp_is_gc
    Py_nb_int
    Py_tp_init
    Py_nb_true_divide
    Py_nb_lshift
    Py_am_anext
    Py_tp_getattr
    Py_tp_descr_set
    Py_nb_inplace_true_divide
    Py_nb_xor
    Py_nb_bool
    Py_tp_methods
    Py_tp_iternext
    Py_tp_doc
    Py_tp_descr_get
    Py_tp_del
    Py_nb_inplace_and
    Py_sq_inplace_concat
    Py_nb_multiply
    Py_tp_hash
    Py_mp_subscript
    Py_sq_contains
    Py_sq_item
    Py_nb_inplace_add
    Py_nb_matrix_multiply
    Py_tp_getattro
    Py_nb_subtract
    Py_mp_length
    Py_tp_finalize
    Py_nb_remainder
    Py_sq_ass_item
    Py_tp_richcompare
    Py_nb_and
    Py_tp_getset
    Py_tp_str
    Py_nb_divmod
    Py_tp_vectorcall
    Py_nb_inplace_lshift
    Py_nb_rshift
    Py_tp_base
    Py_bf_getbuffer
    Py_tp_bases
    Py_tp_iter
    Py_tp_free
    Py_am_await
    Py_am_send
    Py_nb_inplace_multiply
    Py_sq_length
    Py_nb_inplace_rshift
    Py_nb_inplace_or
    Py_nb_inplace_xor
    Py_tp_alloc
    Py_tp_members
    Py_nb_inplace_subtract
    Py_nb_power
    Py_sq_inplace_repeat
    Py_nb_absolute
    Py_tp_clear
    PyLong_SHIFT
    _PyLong_DECIMAL_SHIFT
    PyLong_BASE
    PyLong_MASK
    _PyLong_DECIMAL_BASE
    _PyLong_SIGN_MASK
    _PyLong_NON_SIZE_BITS
    Py_ASNATIVEBYTES_NATIVE_ENDIAN
    Py_ASNATIVEBYTES_ALLOW_INDEX
    Py_ASNATIVEBYTES_REJECT_NEGATIVE
    Py_ASNATIVEBYTES_UNSIGNED_BUFFER
    Py_ASNATIVEBYTES_DEFAULTS
    Py_ASNATIVEBYTES_LITTLE_ENDIAN
    Py_ASNATIVEBYTES_BIG_ENDIAN
    SSTATE_INTERNED_MORTAL
    SSTATE_NOT_INTERNED
    SSTATE_INTERNED_IMMORTAL
    SSTATE_INTERNED_IMMORTAL_STATIC
    Py_UNICODE_REPLACEMENT_CHARACTER
    PySet_MINSIZE
    PyBUF_ND
    PyBUF_WRITE
    PyBUF_CONTIG
    PyBUF_READ
    PyBUF_MAX_NDIM
    PyBUF_ANY_CONTIGUOUS
    PyBUF_FULL_RO
    PyBUF_F_CONTIGUOUS
    PyBUF_CONTIG_RO
    PyBUF_STRIDED_RO
    PyBUF_WRITEABLE
    PyBUF_INDIRECT
    PyBUF_STRIDED
    PyBUF_STRIDES
    PyBUF_RECORDS_RO
    PyBUF_RECORDS
    PyBUF_FULL
    PyBUF_WRITABLE
    PyBUF_SIMPLE
    PyBUF_C_CONTIGUOUS
    PyBUF_FORMAT
    METH_O
    METH_METHOD
    METH_FASTCALL
    METH_STATIC
    METH_NOARGS
    METH_STACKLESS
    METH_CLASS
    METH_KEYWORDS
    METH_COEXIST
    METH_VARARGS
    Py_T_ULONGLONG
    Py_T_DOUBLE
    _Py_T_NONE
    Py_T_LONGLONG
    Py_T_BYTE
    Py_T_USHORT
    Py_T_BOOL
    Py_T_INT
    _Py_T_OBJECT
    Py_T_ULONG
    Py_T_STRING_INPLACE
    Py_T_STRING
    Py_T_CHAR
    Py_T_OBJECT_EX
    Py_T_UINT
    Py_T_PYSSIZET
    Py_T_FLOAT
    Py_T_UBYTE
    Py_T_SHORT
    Py_T_LONG
    _Py_WRITE_RESTRICTED
    Py_AUDIT_READ
    Py_RELATIVE_OFFSET
    Py_READONLY
    PyWrapperFlag_KEYWORDS
    Py_mod_gil
    Py_mod_exec
    Py_mod_create
    Py_mod_multiple_interpreters
    CO_COROUTINE
    CO_FUTURE_PRINT_FUNCTION
    CO_FUTURE_ABSOLUTE_IMPORT
    CO_METHOD
    CO_MAXBLOCKS
    CO_FUTURE_ANNOTATIONS
    CO_VARARGS
    CO_VARKEYWORDS
    CO_ITERABLE_COROUTINE
    CO_FUTURE_WITH_STATEMENT
    CO_GENERATOR
    CO_NEWLOCALS
    CO_NESTED
    CO_FUTURE_DIVISION
    CO_OPTIMIZED
    CO_HAS_DOCSTRING
    CO_FUTURE_BARRY_AS_BDFL
    CO_ASYNC_GENERATOR
    CO_FUTURE_UNICODE_LITERALS
    CO_NO_MONITORING_EVENTS
    CO_FUTURE_GENERATOR_STOP
    PyCF_ALLOW_INCOMPLETE_INPUT
    PyCF_TYPE_COMMENTS
    PyCF_COMPILE_MASK
    PyCF_IGNORE_COOKIE
    PyCF_OPTIMIZED_AST
    PyCF_DONT_IMPLY_DEDENT
    PyCF_SOURCE_IS_UTF8
    PyCF_ONLY_AST
    PyCF_ALLOW_TOP_LEVEL_AWAIT
    Py_single_input
    Py_eval_input
    Py_file_input
    Py_func_type_input
    PyTrace_OPCODE
    PyTrace_LINE
    PyTrace_EXCEPTION
    PyTrace_CALL
    PyTrace_RETURN
    PyTrace_C_CALL
    PyTrace_C_EXCEPTION
    PyTrace_C_RETURN
    PY_MONITORING_EVENT_PY_THROW
    PY_MONITORING_EVENT_PY_YIELD
    PY_MONITORING_EVENT_INSTRUCTION
    PY_MONITORING_EVENT_PY_UNWIND
    PY_MONITORING_EVENT_PY_RESUME
    PY_MONITORING_EVENT_RAISE
    PY_MONITORING_EVENT_BRANCH
    PY_MONITORING_EVENT_RERAISE
    PY_MONITORING_EVENT_EXCEPTION_HANDLED
    PY_MONITORING_EVENT_STOP_ITERATION
    PY_MONITORING_EVENT_LINE
    PY_MONITORING_EVENT_CALL
    PY_MONITORING_EVENT_PY_RETURN
    PY_MONITORING_EVENT_PY_START
    PY_MONITORING_EVENT_C_RAISE
    PY_MONITORING_EVENT_BRANCH_RIGHT
    PY_MONITORING_EVENT_C_RETURN
    PY_MONITORING_EVENT_BRANCH_LEFT
    PY_MONITORING_EVENT_JUMP
}

/// The bit fields of str's state, packed by C and by [`UnicodeState`].
fn bit_fields() -> (String, String) {
    let (mut c, mut rust) = (String::new(), String::new());
    for (interned, kind, compact, ascii, statically_allocated) in [
        (1, 0, 0, 0, 0),
        (0, 1, 0, 0, 0),
        (0, 4, 0, 0, 0),
        (0, 0, 1, 0, 0),
        (0, 0, 0, 1, 0),
        (0, 0, 0, 0, 1),
        (3, 2, 1, 0, 1),
    ] {
        writeln!(
            c,
            "    {{ union {{ struct _PyUnicodeObject_state s; unsigned u; }} x = {{ .u = 0 }}; x.s.interned = {interned}; \
             x.s.kind = {kind}; x.s.compact = {compact}; x.s.ascii = {ascii}; \
             x.s.statically_allocated = {statically_allocated}; printf(\"state %u\\n\", x.u); }}"
        )
        .unwrap();
        let state = UnicodeState {
            interned,
            kind,
            compact: compact != 0,
            ascii: ascii != 0,
            statically_allocated: statically_allocated != 0,
        };
        assert_eq!(UnicodeState::unpack(state.pack()), state);
        writeln!(rust, "state {}", state.pack()).unwrap();
    }
    (c, rust)
}

/// The folder with `Python.h`, if this machine has the reference.
fn include() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("TAIPAN_REFERENCE_INCLUDE") {
        return Some(folder.into());
    }
    let home = std::env::var_os("HOME")?;
    let folder = Path::new(&home).join(".cache/taipan-reference/fs/usr/include/python3.14");
    folder.join("Python.h").exists().then_some(folder)
}

/// Compiles and runs a C program with these statements in `main`.
fn run_c(include: &Path, statements: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (source, program) = (folder.join("layout.c"), folder.join("layout"));
    let text = format!(
        "#include <Python.h>\n#include <datetime.h>\n#include <frameobject.h>\n#include <structmember.h>\n\
         #include <stddef.h>\n#include <stdio.h>\nint main(void) {{\n{statements}    return 0;\n}}\n"
    );
    std::fs::write(&source, text).expect("the target folder is writable");
    // Debian's pyconfig.h includes its other half from a folder beside.
    let beside = include.parent().unwrap_or(include);
    let compiled = Command::new("cc")
        .arg("-w")
        .arg("-I")
        .arg(include)
        .arg("-idirafter")
        .arg(beside)
        .arg("-o")
        .arg(&program)
        .arg(&source)
        .output()
        .expect("a C compiler is installed as `cc`");
    assert!(
        compiled.status.success(),
        "the headers in {} (TAIPAN_REFERENCE_INCLUDE) do not compile:\n{}",
        include.display(),
        String::from_utf8_lossy(&compiled.stderr)
    );
    let ran = Command::new(&program).output().expect("the program was just compiled");
    String::from_utf8(ran.stdout).expect("the program prints ASCII")
}

#[test]
fn layouts_and_constants_are_those_of_the_headers() {
    let mut statements = String::new();
    let mut ours = String::new();
    for (c, rust) in [structs(), constants(), bit_fields()] {
        statements += &c;
        ours += &rust;
    }
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layout.txt");
    let theirs = match include() {
        Some(include) => run_c(&include, &statements),
        None => std::fs::read_to_string(&record).expect("tests/layout.txt is in the repository"),
    };
    if std::env::var_os("TAIPAN_RECORD").is_some() {
        std::fs::write(&record, &theirs).expect("tests/layout.txt is writable");
    }
    let differences: Vec<String> = theirs
        .lines()
        .zip(ours.lines())
        .filter(|(theirs, ours)| theirs != ours)
        .map(|(theirs, ours)| format!("C: {theirs}    Rust: {ours}"))
        .collect();
    assert!(differences.is_empty(), "layouts differ from the headers:\n{}", differences.join("\n"));
    assert_eq!(theirs.lines().count(), ours.lines().count());
}
