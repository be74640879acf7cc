//! Every slot of a type: what C passes and expects, and how a `#[slot]` function is wrapped for it.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, FnArg, ImplItemFn, Result, Type};

/// An argument as C passes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Argument {
    Object,
    /// Null: absent (or, in setters, deletion).
    Optional,
    Name,
    Tuple,
    Keywords,
    Class,
    Size,
    Int,
    Compare,
    View,
}

/// A result as C expects it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Object,
    Next,
    Status,
    Truth,
    Size,
    Hash,
    Nothing,
}

/// Slots that need a wrapper of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Plain(&'static [Argument], Outcome),
    Traverse,
    Clear,
    Dealloc,
    Vectorcall,
    Send,
    /// Given as it is: an `unsafe extern "C"` function of C's type.
    Raw,
}

use Argument::{Class, Compare, Int, Keywords, Name, Object, Optional, Size, Tuple, View};
use Outcome as R;

fn shape(slot: &str) -> Option<Shape> {
    let plain = |arguments, outcome| Some(Shape::Plain(arguments, outcome));
    match slot {
        "tp_repr" | "tp_str" | "tp_iter" | "nb_negative" | "nb_positive" | "nb_absolute" | "nb_invert"
        | "nb_int" | "nb_float" | "nb_index" | "am_await" | "am_aiter" | "am_anext" => {
            plain(&[Object], R::Object)
        }
        "tp_iternext" => plain(&[Object], R::Next),
        "nb_add"
        | "nb_subtract"
        | "nb_multiply"
        | "nb_remainder"
        | "nb_divmod"
        | "nb_lshift"
        | "nb_rshift"
        | "nb_and"
        | "nb_xor"
        | "nb_or"
        | "nb_floor_divide"
        | "nb_true_divide"
        | "nb_matrix_multiply"
        | "nb_inplace_add"
        | "nb_inplace_subtract"
        | "nb_inplace_multiply"
        | "nb_inplace_remainder"
        | "nb_inplace_lshift"
        | "nb_inplace_rshift"
        | "nb_inplace_and"
        | "nb_inplace_xor"
        | "nb_inplace_or"
        | "nb_inplace_floor_divide"
        | "nb_inplace_true_divide"
        | "nb_inplace_matrix_multiply"
        | "mp_subscript"
        | "sq_concat"
        | "sq_inplace_concat" => plain(&[Object, Object], R::Object),
        "nb_power" | "nb_inplace_power" => plain(&[Object, Object, Object], R::Object),
        "nb_bool" => plain(&[Object], R::Truth),
        "tp_hash" => plain(&[Object], R::Hash),
        "sq_length" | "mp_length" => plain(&[Object], R::Size),
        "sq_repeat" | "sq_item" | "sq_inplace_repeat" => plain(&[Object, Size], R::Object),
        "sq_contains" => plain(&[Object, Object], R::Truth),
        "sq_ass_item" => plain(&[Object, Size, Optional], R::Status),
        "mp_ass_subscript" => plain(&[Object, Object, Optional], R::Status),
        "tp_getattro" => plain(&[Object, Name], R::Object),
        "tp_setattro" => plain(&[Object, Name, Optional], R::Status),
        "tp_richcompare" => plain(&[Object, Object, Compare], R::Object),
        "tp_call" => plain(&[Object, Tuple, Keywords], R::Object),
        "tp_init" => plain(&[Object, Tuple, Keywords], R::Status),
        "tp_new" => plain(&[Class, Tuple, Keywords], R::Object),
        "tp_descr_get" => plain(&[Object, Optional, Optional], R::Object),
        "tp_descr_set" => plain(&[Object, Object, Optional], R::Status),
        "tp_finalize" | "tp_del" => plain(&[Object], R::Nothing),
        "bf_getbuffer" => plain(&[Object, View, Int], R::Status),
        "bf_releasebuffer" => plain(&[Object, View], R::Nothing),
        "tp_is_gc" => plain(&[Object], R::Truth),
        "tp_traverse" => Some(Shape::Traverse),
        "tp_clear" => Some(Shape::Clear),
        "tp_dealloc" => Some(Shape::Dealloc),
        "tp_vectorcall" => Some(Shape::Vectorcall),
        "am_send" => Some(Shape::Send),
        "tp_alloc" | "tp_free" => Some(Shape::Raw),
        _ => None,
    }
}

impl Argument {
    fn c_type(self) -> TokenStream {
        match self {
            Argument::Size => quote!(isize),
            Argument::Int | Argument::Compare => quote!(::core::ffi::c_int),
            Argument::View => quote!(*mut ::runtime::native::abi::Py_buffer),
            Argument::Class => quote!(*mut ::runtime::native::abi::PyTypeObject),
            _ => quote!(*mut ::runtime::object::RawObject),
        }
    }

    /// What the Rust parameter may be: the expected spelling, and whether `ty` has it.
    fn accepts(self, ty: &Type) -> (bool, &'static str) {
        let (name, optional) = match ty {
            Type::Reference(reference) => (last_segment(&reference.elem), false),
            Type::Path(_) if crate::callable::is_option(ty) => (option_target(ty), true),
            _ => (last_segment(ty), false),
        };
        let name = name.unwrap_or_default();
        match self {
            Argument::Object => (!optional && name == "Object", "&Object"),
            Argument::Optional => (optional && name == "Object", "Option<&Object>"),
            Argument::Name => (!optional && name == "Str", "&Str"),
            Argument::Tuple => (!optional && name == "Tuple", "&Tuple"),
            Argument::Keywords => (optional && name == "Dict", "Option<&Dict>"),
            Argument::Class => (!optional && name == "Type", "&Type"),
            Argument::Size => (name == "isize", "isize"),
            Argument::Int => (name == "i32" || name == "c_int", "i32"),
            Argument::Compare => (name == "CompareOp", "CompareOp"),
            Argument::View => (matches!(ty, Type::Ptr(_)), "*mut Py_buffer"),
        }
    }

    fn convert(self, raw: &Ident) -> TokenStream {
        match self {
            Argument::Object => quote!(&*(#raw as *const ::runtime::object::Object)),
            Argument::Optional => quote!((#raw as *const ::runtime::object::Object).as_ref()),
            Argument::Name => quote!(&*(#raw as *const ::runtime::objects::str::Str)),
            Argument::Tuple => quote!(&*(#raw as *const ::runtime::objects::tuple::Tuple)),
            Argument::Keywords => quote!((#raw as *const ::runtime::objects::dict::Dict).as_ref()),
            Argument::Class => quote!(&*(#raw as *const ::runtime::objects::r#type::Type)),
            Argument::Compare => quote!(::runtime::protocol::compare::CompareOp::from_raw(#raw)),
            Argument::Size | Argument::Int | Argument::View => quote!(#raw),
        }
    }
}

impl Outcome {
    fn c_type(self) -> TokenStream {
        match self {
            Outcome::Object | Outcome::Next => quote!(*mut ::runtime::object::RawObject),
            Outcome::Status | Outcome::Truth => quote!(::core::ffi::c_int),
            Outcome::Size | Outcome::Hash => quote!(isize),
            Outcome::Nothing => quote!(()),
        }
    }

    fn convert(self, span: proc_macro2::Span) -> TokenStream {
        let path = quote!(::runtime::native::slots);
        match self {
            Outcome::Object => quote_spanned! {span=>
                ::runtime::native::convert::to_c(::runtime::native::convert::IntoResult::into_result(outcome))
            },
            Outcome::Next => quote_spanned!(span=> #path::Next::into_next(outcome)),
            Outcome::Status => quote_spanned!(span=> #path::Status::into_status(outcome)),
            Outcome::Truth => quote_spanned!(span=> #path::Truth::into_truth(outcome)),
            Outcome::Size => quote_spanned!(span=> #path::Size::into_size(outcome)),
            Outcome::Hash => quote_spanned!(span=> #path::Hash::into_hash(outcome)),
            Outcome::Nothing => quote_spanned!(span=> let () = outcome;),
        }
    }
}

fn last_segment(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        Type::Reference(reference) => last_segment(&reference.elem),
        _ => None,
    }
}

fn option_target(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    match &path.path.segments.last()?.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(inner) => last_segment(inner),
            _ => None,
        },
        _ => None,
    }
}

/// The statement that puts `value` into the slot of `ty: &'static Type`.
pub fn assign(slot: &Ident, value: TokenStream) -> TokenStream {
    let name = slot.to_string();
    let suite = match &name[..2] {
        "tp" => return quote!(ty.raw.#slot.set(::core::option::Option::Some(#value));),
        "nb" => quote!(number),
        "sq" => quote!(sequence),
        "mp" => quote!(mapping),
        "am" => quote!(asynchronous),
        _ => quote!(buffer),
    };
    quote!(::runtime::native::slots::#suite(ty).#slot.set(::core::option::Option::Some(#value));)
}

/// The wrapper of a `#[slot]` function and the statement that installs it.
pub fn expand(function: &ImplItemFn) -> Result<(TokenStream, TokenStream)> {
    let slot = &function.sig.ident;
    let name = slot.to_string();
    let Some(shape) = shape(&name) else {
        return Err(Error::new(
            slot.span(),
            format!("`{name}` is no slot; slots are named as in C: `tp_repr`, `sq_length`, `nb_add`, …"),
        ));
    };
    let wrapper = format_ident!("__slot_{}", slot);
    let raw = quote!(*mut ::runtime::object::RawObject);
    let install = assign(slot, quote!(#wrapper));
    let first_is_self = matches!(function.sig.inputs.first(), Some(FnArg::Receiver(_)));
    let me = |argument: &Ident| match first_is_self {
        true => quote!(&*(#argument as *const Self_)),
        false => quote!(&*(#argument as *const ::runtime::object::Object)),
    };
    let slf = format_ident!("slf");
    let receiver = me(&slf);
    let code = match shape {
        Shape::Plain(arguments, outcome) => {
            check(function, arguments)?;
            let names: Vec<_> = (0..arguments.len()).map(|index| format_ident!("c{}", index)).collect();
            let types = arguments.iter().map(|argument| argument.c_type());
            let values = arguments.iter().zip(&names).enumerate().map(|(index, (argument, name))| {
                if index == 0 && first_is_self { me(name) } else { argument.convert(name) }
            });
            let c_type = outcome.c_type();
            let span = match &function.sig.output {
                syn::ReturnType::Type(_, ty) => ty.span(),
                syn::ReturnType::Default => slot.span(),
            };
            let finish = outcome.convert(span);
            quote! {
                unsafe extern "C" fn #wrapper(#(#names: #types),*) -> #c_type {
                    let outcome = unsafe { Self_::#slot(#(#values),*) };
                    #finish
                }
            }
        }
        Shape::Traverse => quote! {
            unsafe extern "C" fn #wrapper(
                slf: #raw, visit: ::runtime::native::abi::visitproc, argument: *mut ::core::ffi::c_void,
            ) -> ::core::ffi::c_int {
                let visitor = ::runtime::gc::Visitor { visit, argument };
                unsafe { Self_::#slot(#receiver, &visitor) }
            }
        },
        Shape::Clear => quote! {
            unsafe extern "C" fn #wrapper(slf: #raw) -> ::core::ffi::c_int {
                unsafe { Self_::#slot(#receiver) };
                0
            }
        },
        Shape::Dealloc => quote! {
            unsafe extern "C" fn #wrapper(slf: #raw) {
                #[allow(unused_unsafe)]
                unsafe { Self_::#slot(slf as *mut ::runtime::object::Object) }
            }
        },
        Shape::Vectorcall => quote! {
            unsafe extern "C" fn #wrapper(slf: #raw, args: *const #raw, nargsf: usize, kwnames: #raw) -> #raw {
                let outcome = unsafe {
                    let (args, kwnames) = ::runtime::native::args::vectorcall_arguments(args, nargsf, kwnames);
                    Self_::#slot(&*(slf as *const ::runtime::objects::r#type::Type), args, kwnames)
                };
                ::runtime::native::convert::to_c(::runtime::native::convert::IntoResult::into_result(outcome))
            }
        },
        Shape::Send => quote! {
            unsafe extern "C" fn #wrapper(slf: #raw, value: #raw, result: *mut #raw) -> ::core::ffi::c_int {
                unsafe {
                    let outcome = Self_::#slot(#receiver, &*(value as *const ::runtime::object::Object));
                    ::runtime::native::slots::into_send(outcome, result)
                }
            }
        },
        Shape::Raw => return Ok((quote!(), assign(slot, quote!(Self_::#slot)))),
    };
    Ok((code, install))
}

/// Are the Rust parameters those that the slot passes?
fn check(function: &ImplItemFn, arguments: &[Argument]) -> Result<()> {
    let inputs = &function.sig.inputs;
    if inputs.len() != arguments.len() {
        return Err(Error::new(
            function.sig.ident.span(),
            format!("`{}` takes {} parameter(s), the receiver included", function.sig.ident, arguments.len()),
        ));
    }
    for (input, argument) in inputs.iter().zip(arguments) {
        let FnArg::Typed(typed) = input else { continue };
        let (fits, expected) = argument.accepts(&typed.ty);
        if !fits {
            return Err(Error::new(
                typed.ty.span(),
                format!("`{}` passes `{expected}` here", function.sig.ident),
            ));
        }
    }
    Ok(())
}
