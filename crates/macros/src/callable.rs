//! From a Rust function and its text signature to an `extern "C"` function of the calling convention that fits, and its
//! `PyMethodDef`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, FnArg, LitStr, Result, Signature as RustSignature, Type};

use crate::common::{Options, c_string};
use crate::signature::{Kind, Parameter, Signature};

/// What a function is called with before its parameters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Receiver {
    /// `&self`, or `&Object` as the first parameter.
    Instance,
    /// `&Type`.
    Class,
    /// Nothing.
    Static,
    /// A module function; `&Module` if the signature says `$module`.
    Module,
}

/// A function to be called from Python.
pub struct Callable<'a> {
    pub receiver: Receiver,
    /// The name in messages, as an expression.
    pub display: TokenStream,
    /// What to call.
    pub path: TokenStream,
    pub rust: &'a RustSignature,
    pub signature: Signature,
    pub signature_span: Span,
    /// Beside `*args`, too many keywords are counted in the error: where CPython parses by a format, not by Argument Clinic.
    pub counts_keywords: bool,
}

/// The code of `tp_new` or `tp_init`.
pub struct Constructor {
    pub items: TokenStream,
    /// From `slf`, `args` (a tuple) and `kwargs` (a dict or null).
    pub from_tuple: TokenStream,
    /// From `slf`, `args`, `nargs` and `kwnames`.
    pub from_vector: TokenStream,
}

/// How C calls it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Convention {
    NoArgs,
    One,
    Fast,
    FastKeywords,
}

impl<'a> Callable<'a> {
    pub fn new(
        receiver: Receiver,
        display: TokenStream,
        path: TokenStream,
        rust: &'a RustSignature,
        text: Option<&LitStr>,
    ) -> Result<Self> {
        if let Some(asyncness) = rust.asyncness {
            return Err(Error::new(asyncness.span(), "a native function can't be async"));
        }
        if rust.generics.type_params().next().is_some() || rust.generics.const_params().next().is_some() {
            return Err(Error::new(rust.generics.span(), "a native function can't be generic"));
        }
        let signature_span = text.map_or(rust.ident.span(), |text| text.span());
        let signature = match text {
            Some(text) => Signature::parse(&text.value(), signature_span)?,
            None => {
                return Err(Error::new(
                    rust.ident.span(),
                    "missing `signature = \"(…)\"`: the parameters as Python shows them",
                ));
            }
        };
        Ok(Callable { receiver, display, path, rust, signature, signature_span, counts_keywords: false })
    }

    /// Is there a receiver among the Rust parameters?
    fn passes_receiver(&self) -> bool {
        match self.receiver {
            Receiver::Instance | Receiver::Class => true,
            Receiver::Static => false,
            Receiver::Module => self.signature.receiver.is_some(),
        }
    }

    /// The types of the Rust parameters after the receiver, checked against the signature.
    fn parameter_types(&self) -> Result<Vec<&Type>> {
        let mut inputs = self.rust.inputs.iter();
        if self.passes_receiver() && inputs.next().is_none() {
            let wanted = match self.receiver {
                Receiver::Instance => "`&self`",
                Receiver::Class => "`class: &Type`",
                _ => "`module: &Module`",
            };
            return Err(Error::new(self.rust.ident.span(), format!("the first parameter is {wanted}")));
        }
        let mut types = Vec::new();
        for input in inputs {
            match input {
                FnArg::Typed(typed) => types.push(&*typed.ty),
                FnArg::Receiver(receiver) => {
                    return Err(Error::new(receiver.span(), "no `self` here"));
                }
            }
        }
        let parameters = &self.signature.parameters;
        if types.len() != parameters.len() {
            return Err(Error::new(
                self.signature_span,
                format!(
                    "the signature has {} parameter(s) ({}), the function {} beside its receiver",
                    parameters.len(),
                    parameters.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", "),
                    types.len()
                ),
            ));
        }
        for (parameter, ty) in parameters.iter().zip(&types) {
            let optional = is_option(ty);
            if parameter.default.is_none()
                && optional
                && !matches!(parameter.kind, Kind::VarArgs | Kind::KwArgs)
            {
                return Err(Error::new(
                    ty.span(),
                    format!(
                        "`{}` has no default in the signature, so it is never absent; \
                         `OrNone<T>` is the type that accepts None",
                        parameter.name
                    ),
                ));
            }
        }
        Ok(types)
    }

    fn convention(&self) -> Convention {
        let parameters = &self.signature.parameters;
        match parameters.as_slice() {
            [] => Convention::NoArgs,
            [Parameter { kind: Kind::PositionalOnly, default: None, .. }] => Convention::One,
            _ if self.signature.takes_keywords() => Convention::FastKeywords,
            _ => Convention::Fast,
        }
    }

    /// The expression for the receiver, from `slf`, followed by a comma.
    fn receiver_argument(&self) -> TokenStream {
        if !self.passes_receiver() {
            return quote!();
        }
        let has_self = matches!(self.rust.inputs.first(), Some(FnArg::Receiver(_)));
        if has_self {
            quote!(&*(slf as *const Self_),)
        } else {
            match self.receiver {
                Receiver::Class => quote!(&*(slf as *const ::runtime::objects::r#type::Type),),
                Receiver::Module => quote!(&*(slf as *const ::runtime::objects::module::Module),),
                _ => quote!(&*(slf as *const ::runtime::object::Object),),
            }
        }
    }

    /// The call, with arguments taken from the array `slots` and, for `*args` and `**kwargs`, `rest` and `keywords`.
    fn call(&self, types: &[&Type]) -> TokenStream {
        let receiver = self.receiver_argument();
        let only = self.convention() == Convention::One;
        let mut index = 0usize;
        let mut arguments = Vec::new();
        let mut names = Vec::new();
        for (position, (parameter, ty)) in self.signature.parameters.iter().zip(types).enumerate() {
            let name = format_ident!("a{}", position);
            let span = ty.span();
            let value = match parameter.kind {
                Kind::VarArgs => quote_spanned!(span=> rest),
                Kind::KwArgs => quote_spanned!(span=> ::core::convert::From::from(keywords)),
                _ => {
                    let place = self.place(parameter, index, only);
                    let slot = if only { quote!(slot) } else { quote!(slots[#index]) };
                    index += 1;
                    match &parameter.default {
                        None => quote_spanned! {span=>
                            ::runtime::native::convert::required(#slot, #place)?
                        },
                        Some(default) if !is_option(ty) => {
                            let default = default_literal(default, ty, parameter, self.signature_span);
                            quote_spanned! {span=>
                                match #slot {
                                    ::core::option::Option::None => #default,
                                    present => ::runtime::native::convert::required(present, #place)?,
                                }
                            }
                        }
                        Some(_) => quote_spanned! {span=>
                            ::runtime::native::convert::optional(#slot, #place)?
                        },
                    }
                }
            };
            arguments.push(quote!(let #name = #value;));
            names.push(name);
        }
        let path = &self.path;
        quote! {
            #(#arguments)*
            #path(#receiver #(#names),*)
        }
    }

    /// Where the argument stands, for messages.
    fn place(&self, parameter: &Parameter, index: usize, only: bool) -> TokenStream {
        let function = &self.display;
        let argument = if only {
            quote!(Only)
        } else if parameter.kind == Kind::PositionalOnly {
            let position = index + 1;
            quote!(Position(#position))
        } else {
            let name = &parameter.name;
            quote!(Name(#name))
        };
        quote! {
            &::runtime::native::args::Place {
                function: #function,
                argument: ::runtime::native::args::Argument::#argument,
            }
        }
    }

    /// The static description that the run-time parser reads.
    fn description(&self) -> TokenStream {
        let name = &self.display;
        let names: Vec<_> = self.signature.plain().map(|p| p.name.as_str()).collect();
        let count = |kind| self.signature.parameters.iter().filter(|p| p.kind == kind).count();
        let positional_only = count(Kind::PositionalOnly);
        let positional = positional_only + count(Kind::Positional);
        let required: u64 = self
            .signature
            .plain()
            .enumerate()
            .filter(|(_, p)| p.default.is_none())
            .map(|(index, _)| 1 << index)
            .sum();
        let var_args = self.signature.has(Kind::VarArgs);
        let kwargs = self.signature.has(Kind::KwArgs);
        let counting = self.counts_keywords.then(|| quote!(.counting_keywords()));
        quote! {
            static SIGNATURE: ::runtime::native::args::Signature = ::runtime::native::args::Signature::new(
                #name, &[#(#names),*], #positional_only, #positional, #required, #var_args, #kwargs,
            ) #counting;
        }
    }

    /// The `extern "C"` function `wrapper` and the flags of its calling convention.
    pub fn wrapper(&self, wrapper: &Ident) -> Result<(TokenStream, TokenStream)> {
        let types = self.parameter_types()?;
        let call = self.call(&types);
        let count = self.signature.plain().count();
        let raw = quote!(*mut ::runtime::object::RawObject);
        let description = self.description();
        let span = match &self.rust.output {
            syn::ReturnType::Type(_, ty) => ty.span(),
            syn::ReturnType::Default => self.rust.ident.span(),
        };
        let finish = quote_spanned!(span=> ::runtime::native::convert::IntoResult::into_result(outcome));
        let tail_bindings = {
            let rest =
                self.signature.has(Kind::VarArgs).then(|| quote!(let rest = SIGNATURE.rest(args, nargs);));
            quote!(#rest)
        };
        Ok(match self.convention() {
            Convention::NoArgs => (
                quote! {
                    unsafe extern "C" fn #wrapper(slf: #raw, _: #raw) -> #raw {
                        let _ = slf;
                        let outcome = unsafe { #call };
                        ::runtime::native::convert::to_c(#finish)
                    }
                },
                quote!(METH_NOARGS),
            ),
            Convention::One => (
                quote! {
                    unsafe extern "C" fn #wrapper(slf: #raw, argument: #raw) -> #raw {
                        let _ = slf;
                        let body = || -> ::runtime::errors::Result {
                            let slot = unsafe { ::runtime::object::Object::from_raw_opt(argument) };
                            let outcome = unsafe { #call };
                            #finish
                        };
                        ::runtime::native::convert::to_c(body())
                    }
                },
                quote!(METH_O),
            ),
            Convention::Fast => (
                quote! {
                    unsafe extern "C" fn #wrapper(slf: #raw, args: *const #raw, nargs: isize) -> #raw {
                        #description
                        let _ = slf;
                        let body = || -> ::runtime::errors::Result {
                            let outcome = unsafe {
                                let mut slots = [::core::option::Option::None; #count];
                                SIGNATURE.positional(args, nargs, &mut slots)?;
                                #tail_bindings
                                #call
                            };
                            #finish
                        };
                        ::runtime::native::convert::to_c(body())
                    }
                },
                quote!(METH_FASTCALL),
            ),
            Convention::FastKeywords => {
                let parse = if self.signature.has(Kind::KwArgs) {
                    quote!(let keywords = SIGNATURE.keywords_and_rest(args, nargs, kwnames, &mut slots)?;)
                } else {
                    quote!(SIGNATURE.keywords(args, nargs, kwnames, &mut slots)?;)
                };
                (
                    quote! {
                        unsafe extern "C" fn #wrapper(
                            slf: #raw, args: *const #raw, nargs: isize, kwnames: #raw,
                        ) -> #raw {
                            #description
                            let _ = slf;
                            let body = || -> ::runtime::errors::Result {
                                let outcome = unsafe {
                                    let mut slots = [::core::option::Option::None; #count];
                                    #parse
                                    #tail_bindings
                                    #call
                                };
                                #finish
                            };
                            ::runtime::native::convert::to_c(body())
                        }
                    },
                    quote!(METH_FASTCALL | ::runtime::native::abi::METH_KEYWORDS),
                )
            }
        })
    }

    /// The type of the `extern "C"` function, for the cast to `PyCFunction`.
    fn wrapper_type(&self) -> TokenStream {
        let raw = quote!(*mut ::runtime::object::RawObject);
        match self.convention() {
            Convention::NoArgs | Convention::One => quote!(unsafe extern "C" fn(#raw, #raw) -> #raw),
            Convention::Fast => quote!(unsafe extern "C" fn(#raw, *const #raw, isize) -> #raw),
            Convention::FastKeywords => quote!(unsafe extern "C" fn(#raw, *const #raw, isize, #raw) -> #raw),
        }
    }

    /// `tp_new` or `tp_init` (`kind`), for both ways to be called. `strict` says whether arguments must be refused that no
    /// parameter takes.
    pub fn constructor(&self, kind: &str, strict: TokenStream) -> Result<Constructor> {
        let types = self.parameter_types()?;
        let call = self.call(&types);
        let count = self.signature.plain().count();
        let description = self.description();
        let constant = format_ident!("__{}_SIGNATURE", kind.to_uppercase());
        let body = format_ident!("__{}_body", kind);
        let span = match &self.rust.output {
            syn::ReturnType::Type(_, ty) => ty.span(),
            syn::ReturnType::Default => self.rust.ident.span(),
        };
        let (result, finish) = match kind {
            "new" => (
                quote!(::runtime::errors::Result),
                quote_spanned!(span=> ::runtime::native::convert::IntoResult::into_result(outcome)),
            ),
            _ => (
                quote!(::runtime::errors::Result<()>),
                quote_spanned!(span=> ::runtime::native::slots::Status::into_unit(outcome)),
            ),
        };
        let items = quote! {
            static #constant: &::runtime::native::args::Signature = {
                #description
                &SIGNATURE
            };
            #[allow(unused_variables)]
            unsafe fn #body<'a>(
                slf: *mut ::runtime::object::RawObject,
                slots: &[::core::option::Option<&'a ::runtime::object::Object>; #count],
                rest: &'a [&'a ::runtime::object::Object],
                keywords: ::runtime::native::args::KwArgs<'a>,
            ) -> #result {
                // The name under which a single argument goes.
                let slot = slots.first().copied().flatten();
                let outcome = unsafe { #call };
                #finish
            }
        };
        let by_name = self.signature.takes_keywords();
        let tuple = match by_name {
            true => quote!(constructor_keywords(args, kwargs, &mut slots)?),
            false => quote!(constructor_positional(args, kwargs, #strict, &mut slots)?),
        };
        let vector = match (by_name, self.signature.has(Kind::KwArgs)) {
            (true, true) => quote!(#constant.keywords_and_rest(args, nargs, kwnames, &mut slots)?),
            (true, false) => quote! {{
                #constant.keywords(args, nargs, kwnames, &mut slots)?;
                ::runtime::native::args::KwArgs::default()
            }},
            (false, _) => quote! {{
                #constant.vectorcall_positional(args, nargs, kwnames, &mut slots)?;
                ::runtime::native::args::KwArgs::default()
            }},
        };
        let rest = |code: TokenStream| match self.signature.has(Kind::VarArgs) {
            true => code,
            false => quote!(&[]),
        };
        let tuple_rest = rest(quote!(#constant.rest_of_tuple(args)));
        let vector_rest = rest(quote!(#constant.rest(args, nargs)));
        Ok(Constructor {
            items,
            from_tuple: quote! {unsafe {
                let mut slots = [::core::option::Option::None; #count];
                let mut held = #constant.#tuple;
                #body(slf, &slots, #tuple_rest, held.take_kwargs())
            }},
            from_vector: quote! {unsafe {
                let mut slots = [::core::option::Option::None; #count];
                let keywords = #vector;
                #body(slf, &slots, #vector_rest, keywords)
            }},
        })
    }

    /// The `PyMethodDef` for the wrapper.
    pub fn method_def(
        &self,
        name: &str,
        wrapper: &Ident,
        flags: TokenStream,
        extra: TokenStream,
        options: &Options,
        doc: &str,
    ) -> Result<TokenStream> {
        let span = self.rust.ident.span();
        let doc = options.doc.as_ref().map_or(doc.to_string(), LitStr::value);
        let receiver = match self.receiver {
            Receiver::Instance => Some("self"),
            Receiver::Class => Some("type"),
            Receiver::Static => None,
            Receiver::Module => Some("module"),
        };
        let text = match options.hidden {
            true => doc,
            false => format!("{name}{}\n--\n\n{doc}", self.signature.text(receiver)),
        };
        let doc = match text.is_empty() {
            true => quote!(::core::ptr::null()),
            false => {
                let text = c_string(&text, span)?;
                quote!(#text.as_ptr())
            }
        };
        let name = c_string(name, span)?;
        let coexist = options.coexist.then(|| quote!(| ::runtime::native::abi::METH_COEXIST));
        let ty = self.wrapper_type();
        Ok(quote! {
            ::runtime::native::abi::PyMethodDef {
                ml_name: #name.as_ptr(),
                // SAFETY: the flags say how to call it.
                ml_meth: unsafe {
                    ::core::mem::transmute::<#ty, ::runtime::native::abi::PyCFunction>(#wrapper)
                },
                ml_flags: ::runtime::native::abi::#flags #extra #coexist,
                ml_doc: #doc,
            }
        })
    }
}

/// Is it spelled `Option<…>`?
pub fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// A default of the signature as a Rust expression, for a parameter that isn't an `Option`.
fn default_literal(default: &str, ty: &Type, parameter: &Parameter, span: Span) -> TokenStream {
    let fail = || {
        let message = format!(
            "the default `{default}` of `{}` has no Rust equivalent here: make the parameter an `Option<…>`",
            parameter.name
        );
        quote_spanned!(ty.span()=> ::core::compile_error!(#message))
    };
    match default {
        "True" => quote!(true),
        "False" => quote!(false),
        "None" => match ty {
            Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "OrNone") => {
                quote!(::runtime::native::convert::OrNone(::core::option::Option::None))
            }
            _ => fail(),
        },
        _ => {
            let text = match default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
                Some(inner) if !inner.contains(['"', '\\']) => format!("\"{inner}\""),
                Some(_) => return fail(),
                None => default.to_string(),
            };
            let literal =
                text.parse::<TokenStream>().ok().and_then(|tokens| syn::parse2::<syn::Expr>(tokens).ok());
            match literal {
                Some(expression) if is_literal(&expression) => quote_spanned!(span=> #expression),
                _ => fail(),
            }
        }
    }
}

fn is_literal(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Lit(literal) => {
            matches!(literal.lit, syn::Lit::Str(_) | syn::Lit::Int(_) | syn::Lit::Float(_))
        }
        syn::Expr::Unary(unary) => is_literal(&unary.expr),
        _ => false,
    }
}
