//! `#[class]`, `#[methods]`, `#[function]` and `module!`: a native type, function or module is declared once, in safe Rust;
//! the C tables, the calling conventions, argument parsing, docstrings and text signatures are derived.
//!
//! A file begins with `use runtime::prelude::*;`. A declaration of everything: `crates/runtime/tests/declarations.rs`.
//!
//! # Functions
//!
//! ```ignore
//! /// Return the square root of x.
//! #[function(signature = "(x, /)")]
//! fn sqrt(x: f64) -> Result<f64> { … }
//! ```
//!
//! The signature is the one that `inspect.signature` shows, and decides everything: the calling convention (none, one,
//! positional, by name), the messages for wrong calls, `__text_signature__`. The Rust parameters follow it one by one:
//!
//! | in the signature | the Rust parameter |
//! | --- | --- |
//! | `x` | any `T: FromArg` |
//! | `x=<anything>` | `Option<T>`: `None` where absent |
//! | `x=-1`, `x='utf-8'`, `x=True`, `x=None` | also `isize`, `&str`, `bool`, `OrNone<T>`: the literal where absent |
//! | `*args` | `&[&Object]` |
//! | `**kwargs` | `KwArgs<'_>` |
//! | `$module` (first) | `&Module`; without it in the signature none is passed |
//!
//! `FromArg` is implemented by `&Object`, `Ref`; `&T` and `Ref<T>` for a native `T` (its instances and those of subclasses;
//! TypeError otherwise); the integers (by `__index__`, with C's overflow messages), `f64`, `bool` (truth), `&str`, `String`,
//! `char`, `BigInt`; `BytesLike<'_>` and `WritableBytes` (buffer protocol, given back at the end); `OrNone<T>` (accepts None).
//! Others may implement it for their own types: `place.must_be("a path", object)` makes the usual TypeError.
//!
//! Results implement `IntoResult`: `()`, `bool`, integers, floats, `&str`, `String`, `char`, `Ref<T>`, `&T`, `Option` (None),
//! `Vec<u8>` and `[u8; N]` (bytes), `BigInt`, tuples of these up to eight, and `Result` of any.
//!
//! Options beside `signature`: `name = "…"` (where Rust's name differs), `doc = "…"` (instead of the doc comment),
//! `hidden_signature` (parse by it, but show no `__text_signature__`: for builtins that have none in CPython),
//! `coexist` (a method that stands beside a slot's wrapper of the same name).
//!
//! # Types
//!
//! ```ignore
//! /// deque([iterable[, maxlen]]) --> deque object
//! #[class(name = "collections.deque", flags(BASETYPE, GC))]
//! #[repr(C)]
//! pub struct Deque {
//!     head: Object,
//!     items: RefCell<VecDeque<Ref>>,
//!     #[member(readonly)] maxlen: Link,
//!     #[weaklist] weakrefs: WeakList,
//! }
//! ```
//!
//! This makes `pub static DEQUE_TYPE: StaticType`, and implements `Layout`, `NativeType`, `NativeClass` and `Deref`.
//!
//! - `name`: the module's name and the type's, as `tp_name`. `doc`, `itemsize`, `basicsize` (where it isn't the struct's size): as the C fields. `symbol`: the name under
//!   which the type object is exported to C. `variable`: the static's name, if it is not to be `NAME_TYPE`.
//! - `flags`: `GC`, or the end of a `Py_TPFLAGS_…` name.
//! - The first field is `head: Object` or `head: VarObject`; or `base: Base`, the struct of another native type that this
//!   one derives from. A raw C struct under any other name is fine too; then `base = Base` names the base, if not `object`.
//! - With `GC` every field implements `Traverse`, or has `#[gc(skip)]`. `tp_traverse` and `tp_clear` come from that.
//! - `#[member]`: the field is an attribute; `readonly`, `required` (AttributeError while null), `name`, `doc`.
//! - `#[weaklist]`, `#[dict]`, `#[vectorcall]`: the field at the type's offset of that name; `#[weaklist(field)]` on a raw
//!   first struct: that field of it.
//! - `tp_dealloc` runs `tp_finalize` (once), tells the collector and weak references, drops the fields, and goes on with the
//!   base's. A struct that embeds a base must not implement `Drop`.
//!
//! # Methods
//!
//! ```ignore
//! #[methods]
//! impl Deque {
//!     /// Add an element to the right side of the deque.
//!     #[method(signature = "($self, item, /)")]
//!     fn append(&self, item: &Object) -> Result<()> { … }
//! }
//! ```
//!
//! | attribute | on |
//! | --- | --- |
//! | `#[method(…)]` | `fn(&self, …)`, or `fn(object: &Object, …)` |
//! | `#[classmethod(…)]` | `fn(class: &Type, …)` |
//! | `#[staticmethod(…)]` | `fn(…)` |
//! | `#[new(…)]` | `fn(class: &Type, …) -> Result<Ref<Self>>`: `tp_new`; its signature is the class's; `name` is that of messages, if not the class's |
//! | `#[init(…)]` | `fn(&self, …) -> Result<()>`: `tp_init` |
//! | `#[getter]` | `fn(&self)`; `name`, `doc` |
//! | `#[setter]` | `fn set_x(&self, value: Option<&Object>)`, `None` for deletion; a plain `T` refuses deletion |
//! | `#[constant]` | `const X: T`: an entry in the type's dictionary |
//! | `#[slot]` | a function named as the C slot |
//!
//! Where there is no `#[init]` (here or in a base), calling the class goes by vectorcall, without a tuple of arguments.
//!
//! What a slot's function takes: the receiver (`&self`, or `&Object` for operators, whose operands may be swapped), then
//! `&Object`; `Option<&Object>` where C may pass null (deletion in setters, descriptors); `isize`, `CompareOp`, `&Str` (attribute
//! names), `&Tuple` and `Option<&Dict>` (calls). What it gives: for `tp_iternext` an `Option` (exhausted), for `nb_bool`,
//! `sq_contains` a `bool`, for lengths `usize`, for `tp_hash` `isize`, for setters `()`, for `am_send` a `Sent`, for all others
//! any `IntoResult`; each also in a `Result`. By hand, if need be: `tp_traverse(&self, &Visitor) -> i32`, `tp_clear(&self)`,
//! `unsafe tp_dealloc(*mut Object)`, `tp_vectorcall(&Type, &[&Object], Option<&Tuple>)`.
//!
//! A type with many methods has several blocks: `#[methods(parts(search, strip))]` on one, `#[methods(part = search)]` …
//! on the others, in any file.
//!
//! # Modules
//!
//! ```ignore
//! module! { name: "math", doc: "…", functions: [sqrt, trigonometry::sin], classes: [Deque], exec: exec }
//! ```
//!
//! makes `pub static MODULE: NativeModule` (or `variable: NAME`). `exec: fn(&Module) -> Result<()>` runs last. A function or
//! class from a submodule must be visible here.

mod callable;
mod class;
mod common;
mod methods;
mod module;
mod signature;
mod slots;

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, ItemFn, Result};

use callable::{Callable, Receiver};
use common::{Options, doc_of, plain_name};

/// A struct as the body of the instances of a Python type.
#[proc_macro_attribute]
pub fn class(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let original = proc_macro2::TokenStream::from(item.clone());
    finish(class::expand(arguments.into(), item.into()), Some(original))
}

/// An impl block whose marked items Python sees.
#[proc_macro_attribute]
pub fn methods(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(methods::expand(arguments.into(), item.into()), None)
}

/// A function of a native module.
#[proc_macro_attribute]
pub fn function(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let original = proc_macro2::TokenStream::from(item.clone());
    finish(expand_function(arguments.into(), item.into()), Some(original))
}

/// A native module as data: `pub static MODULE: NativeModule`.
#[proc_macro]
pub fn module(input: TokenStream) -> TokenStream {
    finish(module::expand(input.into()), None)
}

/// The expansion, or the error beside the item as it was, so that its users aren't reported too.
fn finish(
    result: Result<proc_macro2::TokenStream>,
    original: Option<proc_macro2::TokenStream>,
) -> TokenStream {
    match result {
        Ok(tokens) => tokens.into(),
        Err(error) => {
            let error = error.to_compile_error();
            quote!(#original #error).into()
        }
    }
}

fn expand_function(
    arguments: proc_macro2::TokenStream,
    input: proc_macro2::TokenStream,
) -> Result<proc_macro2::TokenStream> {
    let item: ItemFn = syn::parse2(input)?;
    let mut options = Options::default();
    let parser = syn::meta::parser(|meta| options.option(meta));
    syn::parse::Parser::parse2(parser, arguments)?;
    let ident = &item.sig.ident;
    let name = options.name.as_ref().map_or(plain_name(ident), |name| name.value());
    if let Some(syn::FnArg::Receiver(receiver)) = item.sig.inputs.first() {
        return Err(Error::new_spanned(receiver, "a method belongs into a `#[methods]` block"));
    }
    let mut callable = Callable::new(
        Receiver::Module,
        quote!(#name),
        quote!(#ident),
        &item.sig,
        options.signature.as_ref(),
    )?;
    callable.counts_keywords = options.hidden;
    let wrapper = format_ident!("__wrapper");
    let (code, flags) = callable.wrapper(&wrapper)?;
    let definition = callable.method_def(&name, &wrapper, flags, quote!(), &options, &doc_of(&item.attrs))?;
    let constant = module::definition_name(ident);
    let visibility = &item.vis;
    Ok(quote! {
        // As many parameters as Python's signature has.
        #[allow(clippy::too_many_arguments)]
        #item
        #[doc(hidden)]
        #[allow(unsafe_code, unused_unsafe, non_upper_case_globals, clippy::all, clippy::undocumented_unsafe_blocks)]
        #visibility const #constant: ::runtime::native::abi::PyMethodDef = {
            #code
            #definition
        };
    })
}
