//! `code`: compiled code. Layout: `PyCodeObject`, the instructions behind it.

use std::cell::Cell;

use bytecode::code::{LocalKind, flags};
use bytecode::opcode::{MIN_INSTRUMENTED_OPCODE, Opcode};
use bytecode::{Constant, linetable};

use crate::eval::instrumentation::DataSlot;
use crate::eval::instrumentation::data::CodeData;
use crate::prelude::*;
use crate::weakref::WeakList;

/// One instruction or cache entry: the opcode in the low byte, its argument in the high one.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct CodeUnit(u16);

impl CodeUnit {
    pub const fn new(opcode: u8, argument: u8) -> CodeUnit {
        CodeUnit(opcode as u16 | (argument as u16) << 8)
    }

    #[inline(always)]
    pub const fn opcode(self) -> u16 {
        self.0 & 0xFF
    }

    #[inline(always)]
    pub const fn argument(self) -> usize {
        (self.0 >> 8) as usize
    }

    /// Replaces the opcode of a unit in a code object by a more special one. An instrumented one stays.
    ///
    /// # Safety
    /// `unit` points into a code object's instructions, and nobody runs it at the same time.
    pub unsafe fn set_opcode(unit: *const CodeUnit, opcode: u8) {
        // SAFETY: by contract.
        unsafe {
            if (*unit).opcode() < MIN_INSTRUMENTED_OPCODE {
                CodeUnit::put_opcode(unit, opcode);
            }
        }
    }

    /// Replaces the opcode of a unit in a code object.
    ///
    /// # Safety
    /// As for [`CodeUnit::set_opcode`].
    pub unsafe fn put_opcode(unit: *const CodeUnit, opcode: u8) {
        // SAFETY: by contract; instructions lie in memory that cells own.
        unsafe {
            let unit = unit.cast_mut();
            (*unit).0 = (*unit).0 & 0xFF00 | opcode as u16;
        }
    }

    /// Empties a cache entry.
    ///
    /// # Safety
    /// As for [`CodeUnit::set_opcode`].
    pub unsafe fn clear(unit: *const CodeUnit) {
        // SAFETY: by contract; instructions lie in memory that cells own.
        unsafe { (*unit.cast_mut()).0 = 0 };
    }
}

/// Create a code object.  Not for mere mortals.
#[class(name = "code", symbol = "PyCode_Type", itemsize = 2)]
#[repr(C)]
pub struct Code {
    head: VarObject,
    #[member(readonly, name = "co_consts")]
    consts: Link<Tuple>,
    #[member(readonly, name = "co_names")]
    names: Link<Tuple>,
    #[member(readonly, name = "co_exceptiontable")]
    exceptiontable: Link<Bytes>,
    co_flags: Cell<i32>,
    argcount: Cell<i32>,
    posonlyargcount: Cell<i32>,
    kwonlyargcount: Cell<i32>,
    stacksize: Cell<i32>,
    firstlineno: Cell<i32>,
    nlocalsplus: Cell<i32>,
    framesize: Cell<i32>,
    nlocals: Cell<i32>,
    ncellvars: Cell<i32>,
    nfreevars: Cell<i32>,
    version: Cell<u32>,
    localsplusnames: Link<Tuple>,
    localspluskinds: Link<Bytes>,
    #[member(readonly, name = "co_filename")]
    filename: Link<Str>,
    #[member(readonly, name = "co_name")]
    name: Link<Str>,
    #[member(readonly, name = "co_qualname")]
    qualname: Link<Str>,
    #[member(readonly, name = "co_linetable")]
    linetable: Link<Bytes>,
    #[weaklist]
    weakrefs: WeakList,
    executors: Cell<*mut u8>,
    cached: Cell<*mut u8>,
    instrumentation_version: Cell<usize>,
    monitoring: DataSlot,
    unique_id: Cell<isize>,
    first_traceable: Cell<i32>,
    extra: Cell<*mut u8>,
}

const _: () = assert!(size_of::<Code>() == std::mem::offset_of!(abi::PyCodeObject, co_code_adaptive));

/// The parts of a code object that Python code gives or replaces.
pub struct Parts {
    pub argcount: i32,
    pub posonlyargcount: i32,
    pub kwonlyargcount: i32,
    pub stacksize: i32,
    pub flags: i32,
    pub code: Vec<u8>,
    pub consts: Ref<Tuple>,
    pub names: Ref<Tuple>,
    pub localsplusnames: Ref<Tuple>,
    pub localspluskinds: Vec<u8>,
    pub filename: Ref<Str>,
    pub name: Ref<Str>,
    pub qualname: Ref<Str>,
    pub firstlineno: i32,
    pub linetable: Ref<Bytes>,
    pub exceptiontable: Ref<Bytes>,
}

/// Text of the compiler as a string object; names are interned.
fn text(text: &bytecode::Wtf8) -> Ref<Str> {
    Str::intern(Str::from_wtf8(text))
}

/// Does it look like an identifier? Such string constants are interned.
fn is_name_like(text: &bytecode::Wtf8) -> bool {
    text.as_bytes().iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A constant as an object.
pub fn constant_object(constant: &Constant) -> Result {
    let all = |items: &[Constant]| items.iter().map(constant_object).collect::<Result<Vec<Ref>>>();
    Ok(match constant {
        Constant::None => none(),
        Constant::Ellipsis => ellipsis(),
        Constant::Bool(value) => py_bool(*value),
        Constant::Int(value) => Int::from_bigint(value).into_object(),
        Constant::Float(value) => Float::new(*value).into_object(),
        Constant::Complex { real, imag } => crate::objects::complex::Complex::new(*real, *imag).into_object(),
        Constant::Str(value) if is_name_like(value) => text(value).into_object(),
        Constant::Str(value) => Str::from_wtf8(value).into_object(),
        Constant::Bytes(value) => Bytes::new(value).into_object(),
        Constant::Tuple(items) => Tuple::from_vec(all(items)?).into_object(),
        Constant::FrozenSet(items) => crate::objects::set::FrozenSet::from_items(all(items)?)?.into_object(),
        Constant::Slice(parts) => {
            let parts = all(&parts[..])?;
            crate::objects::slice::Slice::new(&parts[0], &parts[1], &parts[2]).into_object()
        }
        Constant::Code(code) => Code::from_data(code)?.into_object(),
    })
}

impl Code {
    /// A code object of what the compiler (or the marshal reader) made.
    pub fn from_data(data: &bytecode::Code) -> Result<Ref<Code>> {
        let names = |names: &[bytecode::Wtf8Buf]| {
            Tuple::from_vec(names.iter().map(|name| text(name).into_object()).collect())
        };
        let consts = data.consts.iter().map(constant_object).collect::<Result<Vec<Ref>>>()?;
        Code::from_parts(Parts {
            argcount: data.argcount as i32,
            posonlyargcount: data.posonlyargcount as i32,
            kwonlyargcount: data.kwonlyargcount as i32,
            stacksize: data.stacksize as i32,
            flags: data.flags as i32,
            code: data.code.clone(),
            consts: Tuple::from_vec(consts),
            names: names(&data.names),
            localsplusnames: names(&data.localsplusnames),
            localspluskinds: data.localspluskinds.clone(),
            filename: text(&data.filename),
            name: text(&data.name),
            qualname: text(&data.qualname),
            firstlineno: data.firstlineno,
            linetable: Bytes::new(&data.linetable),
            exceptiontable: Bytes::new(&data.exceptiontable),
        })
    }

    /// A code object of checked parts.
    pub fn from_parts(parts: Parts) -> Result<Ref<Code>> {
        let kinds = &parts.localspluskinds;
        let count = |bit: u8| kinds.iter().filter(|&&kind| kind & bit != 0).count() as i32;
        let (nlocals, ncells, nfree) =
            (count(LocalKind::LOCAL), count(LocalKind::CELL), count(LocalKind::FREE));
        let nlocalsplus = kinds.len() as i32;
        if parts.localsplusnames.len() != kinds.len()
            || !parts.code.len().is_multiple_of(2)
            || parts.code.is_empty()
        {
            return Err(raise!(ValueError, "code: bad argument"));
        }
        let ty = Code::type_object();
        crate::native::class::ready_on_first_use(ty);
        let units = parts.code.len() / 2;
        let is_resume = |unit: &[u8]| unit[0] == Opcode::RESUME as u8;
        let first_traceable = parts.code.chunks_exact(2).position(is_resume).unwrap_or(units);
        let Some(memory) = crate::memory::allocate_object(ty, units) else {
            return Err(crate::errors::no_memory());
        };
        let body = Code {
            head: VarObject::HEAD,
            consts: Link::new(parts.consts),
            names: Link::new(parts.names),
            exceptiontable: Link::new(parts.exceptiontable),
            co_flags: Cell::new(parts.flags),
            argcount: Cell::new(parts.argcount),
            posonlyargcount: Cell::new(parts.posonlyargcount),
            kwonlyargcount: Cell::new(parts.kwonlyargcount),
            stacksize: Cell::new(parts.stacksize),
            firstlineno: Cell::new(parts.firstlineno),
            nlocalsplus: Cell::new(nlocalsplus),
            framesize: Cell::new(nlocalsplus + parts.stacksize + crate::eval::frame::FRAME_WORDS as i32),
            nlocals: Cell::new(nlocals),
            ncellvars: Cell::new(ncells),
            nfreevars: Cell::new(nfree),
            version: Cell::new(next_version()),
            localsplusnames: Link::new(parts.localsplusnames),
            localspluskinds: Link::new(Bytes::new(&parts.localspluskinds)),
            filename: Link::new(parts.filename),
            name: Link::new(parts.name),
            qualname: Link::new(parts.qualname),
            linetable: Link::new(parts.linetable),
            weakrefs: WeakList::new(),
            executors: Cell::new(std::ptr::null_mut()),
            cached: Cell::new(std::ptr::null_mut()),
            instrumentation_version: Cell::new(0),
            monitoring: DataSlot::default(),
            unique_id: Cell::new(-1),
            first_traceable: Cell::new(first_traceable as i32),
            extra: Cell::new(std::ptr::null_mut()),
        };
        // SAFETY: the memory has room for the body and the units behind it.
        unsafe {
            let object = memory.cast::<Code>();
            object.write(body);
            crate::memory::initialize(memory, ty);
            object.as_ref().head.size.set(units as isize);
            let code: *mut u8 = object.add(1).cast().as_ptr();
            std::ptr::copy_nonoverlapping(parts.code.as_ptr(), code, parts.code.len());
            crate::eval::specialize::warm_up(code.cast(), units);
            Ok(Ref::from_owned(memory.as_ptr().cast()))
        }
    }

    #[inline(always)]
    pub fn first_instruction(&self) -> *const CodeUnit {
        // SAFETY: the units follow the struct.
        unsafe { (self as *const Code).add(1).cast() }
    }

    /// The code unit at an index, as it is now.
    #[inline]
    pub fn unit(&self, index: usize) -> CodeUnit {
        assert!(index < self.unit_count());
        // SAFETY: just checked.
        unsafe { *self.first_instruction().add(index) }
    }

    /// What monitoring keeps of it, if it was ever wanted.
    #[inline(always)]
    pub fn monitoring(&self) -> Option<&CodeData> {
        self.monitoring.get()
    }

    pub fn monitoring_or_make(&self) -> &CodeData {
        self.monitoring.get_or_make(self)
    }

    /// As of when it does what monitoring wants.
    #[inline(always)]
    pub fn instrumentation_version(&self) -> usize {
        self.instrumentation_version.get()
    }

    pub fn set_instrumentation_version(&self, version: usize) {
        self.instrumentation_version.set(version);
    }

    /// The unit of the first RESUME: nothing before it is monitored. Code without one is not at all.
    pub fn first_traceable(&self) -> usize {
        self.first_traceable.get() as usize
    }

    /// The instruction at a unit, neither specialized nor instrumented.
    pub fn base_opcode(&self, index: usize) -> Opcode {
        match self.monitoring() {
            Some(data) => data.base(index),
            None => Opcode::from_u8(self.unit(index).opcode() as u8).unwrap_or(Opcode::NOP).deopt(),
        }
    }

    /// What functions made of this code have as their version.
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version.get()
    }

    /// Number of code units.
    pub fn unit_count(&self) -> usize {
        self.head.size.get() as usize
    }

    #[inline(always)]
    pub fn locals_plus_count(&self) -> usize {
        self.nlocalsplus.get() as usize
    }

    #[inline(always)]
    pub fn stacksize(&self) -> usize {
        self.stacksize.get() as usize
    }

    #[inline(always)]
    pub fn flags(&self) -> u32 {
        self.co_flags.get() as u32
    }

    #[inline(always)]
    pub fn argcount(&self) -> usize {
        self.argcount.get() as usize
    }

    #[inline(always)]
    pub fn posonlyargcount(&self) -> usize {
        self.posonlyargcount.get() as usize
    }

    #[inline(always)]
    pub fn kwonlyargcount(&self) -> usize {
        self.kwonlyargcount.get() as usize
    }

    pub fn free_count(&self) -> usize {
        self.nfreevars.get() as usize
    }

    pub fn first_line(&self) -> i32 {
        self.firstlineno.get()
    }

    #[inline(always)]
    fn tuple(link: &Link<Tuple>) -> &'static Tuple {
        // SAFETY: a code object's tuples never change; frames that use the borrow hold the code.
        unsafe { &*link.as_ptr() }
    }

    /// `co_consts[index]`, alive as long as the code is.
    #[inline(always)]
    pub fn constant(&self, index: usize) -> &'static Object {
        &Code::tuple(&self.consts).as_slice()[index]
    }

    pub fn constant_count(&self) -> usize {
        Code::tuple(&self.consts).len()
    }

    /// `co_names[index]`, alive as long as the code is.
    #[inline(always)]
    pub fn name_at(&self, index: usize) -> &'static Str {
        // SAFETY: names are strings.
        unsafe { Code::tuple(&self.names).as_slice()[index].downcast_unchecked() }
    }

    /// The names of locals, cells and free variables.
    #[inline(always)]
    pub fn local_names(&self) -> &'static Tuple {
        Code::tuple(&self.localsplusnames)
    }

    pub fn local_name(&self, index: usize) -> Ref<Str> {
        // SAFETY: names are strings.
        unsafe { self.local_names().as_slice()[index].clone().cast_unchecked() }
    }

    pub fn local_kinds(&self) -> &[u8] {
        // SAFETY: the kinds never change.
        unsafe { (*self.localspluskinds.as_ptr()).as_slice() }
    }

    pub fn is_free_variable(&self, index: usize) -> bool {
        self.local_kinds()[index] & LocalKind::FREE != 0
    }

    pub fn exception_table(&self) -> &[u8] {
        // SAFETY: the table never changes.
        unsafe { (*self.exceptiontable.as_ptr()).as_slice() }
    }

    pub fn line_table(&self) -> &[u8] {
        // SAFETY: the table never changes.
        unsafe { (*self.linetable.as_ptr()).as_slice() }
    }

    pub fn name(&self) -> Ref<Str> {
        self.name.get().unwrap_or_else(|| Str::new("?"))
    }

    pub fn qualname(&self) -> Ref<Str> {
        self.qualname.get().unwrap_or_else(|| Str::new("?"))
    }

    pub fn filename(&self) -> Ref<Str> {
        self.filename.get().unwrap_or_else(|| Str::new("?"))
    }

    /// Gives the code, and the code inside it that came from the same file, another file name.
    pub fn rename_file(&self, filename: &Str) {
        let old = self.filename();
        self.filename.set(Some(Ref::from_borrowed(filename)));
        for index in 0..self.constant_count() {
            if let Some(inner) = self.constant(index).downcast_exact::<Code>()
                && inner.filename().equals(&old)
            {
                inner.rename_file(filename);
            }
        }
    }

    /// The line of a code unit.
    pub fn line_at(&self, unit: usize) -> Option<i32> {
        linetable::line_at(self.line_table(), self.first_line(), unit)
    }

    /// The instructions as the compiler made them: specializations undone, caches empty.
    pub fn original_code(&self) -> Vec<u8> {
        let mut code = Vec::with_capacity(self.unit_count() * 2);
        let mut caches = 0;
        for i in 0..self.unit_count() {
            // SAFETY: inside the code.
            let unit = unsafe { *self.first_instruction().add(i) };
            if caches > 0 {
                caches -= 1;
                code.extend([0, 0]);
                continue;
            }
            let opcode = self.base_opcode(i);
            caches = opcode.caches();
            code.extend([opcode as u8, unit.argument() as u8]);
        }
        code
    }

    /// All parts, to change some.
    pub fn parts(&self) -> Parts {
        Parts {
            argcount: self.argcount.get(),
            posonlyargcount: self.posonlyargcount.get(),
            kwonlyargcount: self.kwonlyargcount.get(),
            stacksize: self.stacksize.get(),
            flags: self.co_flags.get(),
            code: self.original_code(),
            consts: Ref::from_borrowed(Code::tuple(&self.consts)),
            names: Ref::from_borrowed(Code::tuple(&self.names)),
            localsplusnames: Ref::from_borrowed(self.local_names()),
            localspluskinds: self.local_kinds().to_vec(),
            filename: self.filename(),
            name: self.name(),
            qualname: self.qualname(),
            firstlineno: self.first_line(),
            linetable: Bytes::new(self.line_table()),
            exceptiontable: Bytes::new(self.exception_table()),
        }
    }

    /// The names of one kind of variable.
    fn names_of_kind(&self, kind: u8) -> Ref<Tuple> {
        let names = self.local_names().as_slice().iter().zip(self.local_kinds());
        Tuple::from_vec(names.filter(|(_, bits)| **bits & kind != 0).map(|(name, _)| name.clone()).collect())
    }
}

/// A number for functions, never given before; 0 when there are none left.
pub fn next_version() -> u32 {
    let next = &Interpreter::current().next_function_version;
    let version = next.get();
    if version != u32::MAX {
        next.set(version + 1);
        return version + 1;
    }
    0
}

/// Locals, cells and free variables as one list, from the three that the constructor takes.
fn locals_plus(parts: &mut Parts, varnames: &Tuple, cellvars: &Tuple, freevars: &Tuple) -> Result<()> {
    let mut names: Vec<Ref> = Vec::new();
    let mut kinds = Vec::new();
    let positional = parts.argcount as usize;
    let keyword_only = parts.kwonlyargcount as usize;
    let varargs = parts.flags as u32 & flags::VARARGS != 0;
    let varkeywords = parts.flags as u32 & flags::VARKEYWORDS != 0;
    let total = positional + keyword_only + usize::from(varargs) + usize::from(varkeywords);
    if varnames.len() < total {
        return Err(raise!(ValueError, "code: varnames is too small"));
    }
    for (i, name) in varnames.as_slice().iter().enumerate() {
        let mut kind = LocalKind::LOCAL;
        if i < parts.posonlyargcount as usize {
            kind |= LocalKind::ARG_POS;
        } else if i < positional {
            kind |= LocalKind::ARG_POS | LocalKind::ARG_KW;
        } else if i < positional + keyword_only {
            kind |= LocalKind::ARG_KW;
        } else if varargs && i == positional + keyword_only {
            kind |= LocalKind::ARG_VAR | LocalKind::ARG_POS;
        } else if i < total {
            kind |= LocalKind::ARG_VAR | LocalKind::ARG_KW;
        }
        names.push(name.clone());
        kinds.push(kind);
    }
    'cells: for cell in cellvars.as_slice() {
        for (i, name) in names.iter().enumerate() {
            if name.rich_compare_bool(cell, CompareOp::Eq)? {
                kinds[i] |= LocalKind::CELL;
                continue 'cells;
            }
        }
        names.push(cell.clone());
        kinds.push(LocalKind::CELL);
    }
    for free in freevars.as_slice() {
        names.push(free.clone());
        kinds.push(LocalKind::FREE);
    }
    for name in &names {
        if name.downcast::<Str>().is_none() {
            return Err(raise!(
                TypeError,
                "name tuples must contain only strings, not '{}'",
                name.ty().full_name()
            ));
        }
    }
    parts.localsplusnames = Tuple::from_vec(names);
    parts.localspluskinds = kinds;
    Ok(())
}

/// An int that is None where the table has no value.
fn position(value: i32) -> Ref {
    if value < 0 { none() } else { Int::new(value.into()).into_object() }
}

#[methods]
impl Code {
    #[new(
        signature = "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)"
    )]
    #[allow(clippy::too_many_arguments, reason = "the constructor of Python's code type")]
    fn tp_new(
        _class: &Type,
        argcount: i32,
        posonlyargcount: i32,
        kwonlyargcount: i32,
        nlocals: i32,
        stacksize: i32,
        flags: i32,
        codestring: &Bytes,
        constants: &Tuple,
        names: &Tuple,
        varnames: &Tuple,
        filename: &Str,
        name: &Str,
        qualname: &Str,
        firstlineno: i32,
        linetable: &Bytes,
        exceptiontable: &Bytes,
        freevars: Option<&Tuple>,
        cellvars: Option<&Tuple>,
    ) -> Result<Ref<Self>> {
        for (value, what) in [
            (argcount, "argcount"),
            (posonlyargcount, "posonlyargcount"),
            (kwonlyargcount, "kwonlyargcount"),
            (nlocals, "nlocals"),
        ] {
            if value < 0 {
                return Err(raise!(ValueError, "code: {what} must not be negative"));
            }
        }
        let mut parts = Parts {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags,
            code: codestring.as_slice().to_vec(),
            consts: Ref::from_borrowed(constants),
            names: Ref::from_borrowed(names),
            localsplusnames: Tuple::empty(),
            localspluskinds: Vec::new(),
            filename: Ref::from_borrowed(filename),
            name: Ref::from_borrowed(name),
            qualname: Ref::from_borrowed(qualname),
            firstlineno,
            linetable: Ref::from_borrowed(linetable),
            exceptiontable: Ref::from_borrowed(exceptiontable),
        };
        let empty = Tuple::empty();
        locals_plus(&mut parts, varnames, cellvars.unwrap_or(&empty), freevars.unwrap_or(&empty))?;
        Code::from_parts(parts)
    }

    #[getter]
    fn co_argcount(&self) -> i32 {
        self.argcount.get()
    }
    #[getter]
    fn co_posonlyargcount(&self) -> i32 {
        self.posonlyargcount.get()
    }
    #[getter]
    fn co_kwonlyargcount(&self) -> i32 {
        self.kwonlyargcount.get()
    }
    #[getter]
    fn co_stacksize(&self) -> i32 {
        self.stacksize.get()
    }
    #[getter(name = "co_flags")]
    fn get_flags(&self) -> i32 {
        self.co_flags.get()
    }
    #[getter]
    fn co_firstlineno(&self) -> i32 {
        self.firstlineno.get()
    }
    #[getter]
    fn co_nlocals(&self) -> i32 {
        self.nlocals.get()
    }
    #[getter]
    fn co_varnames(&self) -> Ref<Tuple> {
        self.names_of_kind(LocalKind::LOCAL)
    }
    #[getter]
    fn co_cellvars(&self) -> Ref<Tuple> {
        self.names_of_kind(LocalKind::CELL)
    }
    #[getter]
    fn co_freevars(&self) -> Ref<Tuple> {
        self.names_of_kind(LocalKind::FREE)
    }
    #[getter]
    fn co_code(&self) -> Ref<Bytes> {
        Bytes::new(&self.original_code())
    }
    #[getter(name = "_co_code_adaptive")]
    fn co_code_adaptive(&self) -> Ref<Bytes> {
        // SAFETY: the units follow the struct.
        let bytes = unsafe {
            std::slice::from_raw_parts(self.first_instruction().cast::<u8>(), self.unit_count() * 2)
        };
        Bytes::new(bytes)
    }

    #[method(signature = "($self, /)")]
    fn co_positions(&self) -> Result {
        let positions = linetable::positions(self.line_table(), self.first_line()).map(|location| {
            Tuple::pack([
                position(location.line),
                position(location.end_line),
                position(location.column),
                position(location.end_column),
            ])
            .into_object()
        });
        List::from_vec(positions.collect()).iter()
    }

    #[method(signature = "($self, /)")]
    fn co_lines(&self) -> Result {
        let lines = linetable::lines(self.line_table(), self.first_line()).map(|(start, end, line)| {
            let line = line.map_or_else(none, |line| Int::new(line.into()).into_object());
            Tuple::pack([Int::from_usize(start).into_object(), Int::from_usize(end).into_object(), line])
                .into_object()
        });
        List::from_vec(lines.collect()).iter()
    }

    /// Return an iterator of the branches: (instruction, not taken, taken), as offsets.
    #[method(signature = "($self, /)")]
    fn co_branches(&self) -> Result {
        let branches = crate::eval::instrumentation::branches::branches(&self.original_code());
        let triple = |branch: crate::eval::instrumentation::branches::Branch| {
            let offset = |unit: usize| Int::from_usize(unit * 2).into_object();
            Tuple::pack([offset(branch.source), offset(branch.left), offset(branch.right)]).into_object()
        };
        List::from_vec(branches.into_iter().map(triple).collect()).iter()
    }

    #[method(name = "_varname_from_oparg", signature = "($self, /, oparg)")]
    fn varname_from_oparg(&self, oparg: isize) -> Result<Ref<Str>> {
        match usize::try_from(oparg) {
            Ok(index) if index < self.locals_plus_count() => Ok(self.local_name(index)),
            _ => Err(raise!(IndexError, "tuple index out of range")),
        }
    }

    /// Return a copy of the code object with new values for the specified fields.
    #[method(signature = "($self, /, **changes)")]
    fn replace(&self, changes: crate::native::args::KwArgs<'_>) -> Result<Ref<Code>> {
        let mut parts = self.parts();
        let mut varnames = self.names_of_kind(LocalKind::LOCAL);
        let mut cellvars = self.names_of_kind(LocalKind::CELL);
        let mut freevars = self.names_of_kind(LocalKind::FREE);
        let mut locals_changed = false;
        fn need<T: NativeType>(name: &str, value: &Object) -> Result<Ref<T>> {
            match value.downcast::<T>() {
                Some(value) => Ok(Ref::from_borrowed(value)),
                None => Err(raise!(
                    TypeError,
                    "replace() argument '{name}' must be {}, not {}",
                    T::type_object().name(),
                    value.ty().full_name()
                )),
            }
        }
        let int = |value: &Object| -> Result<i32> {
            let number = value.index()?.to_i64().and_then(|number| i32::try_from(number).ok());
            number.ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C int"))
        };
        for (name, value) in changes.iter() {
            let name = name.to_string();
            match name.as_str() {
                "co_argcount" => parts.argcount = int(value)?,
                "co_posonlyargcount" => parts.posonlyargcount = int(value)?,
                "co_kwonlyargcount" => parts.kwonlyargcount = int(value)?,
                "co_nlocals" => {
                    if int(value)? != self.nlocals.get() {
                        return Err(raise!(ValueError, "code: co_nlocals != len(co_varnames)"));
                    }
                }
                "co_stacksize" => parts.stacksize = int(value)?,
                "co_flags" => parts.flags = int(value)?,
                "co_firstlineno" => parts.firstlineno = int(value)?,
                "co_code" => parts.code = need::<Bytes>(&name, value)?.as_slice().to_vec(),
                "co_consts" => parts.consts = need(&name, value)?,
                "co_names" => parts.names = need(&name, value)?,
                "co_varnames" => varnames = need(&name, value)?,
                "co_freevars" => freevars = need(&name, value)?,
                "co_cellvars" => cellvars = need(&name, value)?,
                "co_filename" => parts.filename = need(&name, value)?,
                "co_name" => parts.name = need(&name, value)?,
                "co_qualname" => parts.qualname = need(&name, value)?,
                "co_linetable" => parts.linetable = need(&name, value)?,
                "co_exceptiontable" => parts.exceptiontable = need(&name, value)?,
                _ => {
                    return Err(raise!(TypeError, "replace() got an unexpected keyword argument '{name}'"));
                }
            }
            let counts = ["co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags"];
            let lists = ["co_varnames", "co_freevars", "co_cellvars"];
            locals_changed |= counts.contains(&name.as_str()) || lists.contains(&name.as_str());
        }
        if locals_changed {
            locals_plus(&mut parts, &varnames, &cellvars, &freevars)?;
        }
        Code::from_parts(parts)
    }

    #[method(name = "__replace__", signature = "($self, /, **changes)")]
    fn replace_protocol(&self, changes: crate::native::args::KwArgs<'_>) -> Result<Ref<Code>> {
        self.replace(changes)
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let line = if self.first_line() != 0 { self.first_line() } else { -1 };
        format!(
            "<code object {} at {:p}, file \"{}\", line {line}>",
            self.name(),
            self.as_ptr(),
            self.filename()
        )
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        let mut hash = self.name().hash()? ^ Code::tuple(&self.names).hash()?;
        hash = hash.wrapping_mul(31) ^ Code::tuple(&self.consts).hash()?;
        hash = hash.wrapping_mul(31) ^ self.local_names().hash()? ^ self.first_line() as isize;
        Ok(hash.wrapping_mul(31) ^ self.argcount.get() as isize ^ (self.co_flags.get() as isize) << 8)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let (Some(other), CompareOp::Eq | CompareOp::Ne) = (other.downcast::<Code>(), op) else {
            return Ok(not_implemented());
        };
        let counts = |code: &Code| {
            let numbers = [
                &code.argcount,
                &code.posonlyargcount,
                &code.kwonlyargcount,
                &code.co_flags,
                &code.firstlineno,
            ];
            numbers.map(Cell::get)
        };
        let equal = counts(self) == counts(other)
            && self.name().equals(&other.name())
            && self.original_code() == other.original_code()
            && self.line_table() == other.line_table()
            && self.exception_table() == other.exception_table()
            && same_constants(Code::tuple(&self.consts), Code::tuple(&other.consts))?
            && Code::tuple(&self.names).rich_compare_bool(Code::tuple(&other.names), CompareOp::Eq)?
            && self.local_names().rich_compare_bool(other.local_names(), CompareOp::Eq)?;
        Ok(py_bool(equal == (op == CompareOp::Eq)))
    }
}

/// Equal in value and type, all the way down.
fn same_constants(left: &Object, right: &Object) -> Result<bool> {
    if !std::ptr::eq(left.ty(), right.ty()) {
        return Ok(false);
    }
    if let (Some(left), Some(right)) = (left.downcast_exact::<Tuple>(), right.downcast_exact::<Tuple>()) {
        if left.len() != right.len() {
            return Ok(false);
        }
        for (left, right) in left.as_slice().iter().zip(right.as_slice()) {
            if !same_constants(left, right)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if let (Some(left), Some(right)) = (left.downcast_exact::<Float>(), right.downcast_exact::<Float>()) {
        return Ok(left.value().to_bits() == right.value().to_bits());
    }
    left.rich_compare_bool(right, CompareOp::Eq)
}
