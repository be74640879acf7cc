//! `#[methods]`: the impl block as it is, and beside it the wrappers and tables that Python sees.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, FnArg, ImplItem, ImplItemFn, ItemImpl, LitStr, Result, Token, Type, parenthesized,
};

use crate::callable::{Callable, Constructor, Receiver};
use crate::common::{Options, c_string, doc_of, plain_name};
use crate::slots;

/// What stands in `#[methods(…)]`.
#[derive(Default)]
struct Part {
    /// This block is one of several.
    name: Option<Ident>,
    /// The other blocks.
    parts: Vec<Ident>,
}

impl Parse for Part {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut part = Part::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            if key == "part" {
                input.parse::<Token![=]>()?;
                part.name = Some(input.parse()?);
            } else if key == "parts" {
                let content;
                parenthesized!(content in input);
                part.parts =
                    Punctuated::<Ident, Token![,]>::parse_terminated(&content)?.into_iter().collect();
            } else {
                return Err(Error::new(key.span(), "expected `part = name` or `parts(name, …)`"));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(part)
    }
}

const MARKERS: [&str; 9] =
    ["method", "classmethod", "staticmethod", "getter", "setter", "new", "init", "slot", "constant"];

struct GetSet {
    name: String,
    get: Option<Ident>,
    set: Option<Ident>,
    doc: String,
    span: Span,
}

#[derive(Default)]
struct Block {
    wrappers: Vec<TokenStream>,
    methods: Vec<TokenStream>,
    getset: Vec<GetSet>,
    slots: Vec<TokenStream>,
    constants: Vec<TokenStream>,
    class_signature: Option<String>,
    new: Option<Constructor>,
    init: Option<Constructor>,
}

/// Takes the one marker attribute off an item.
fn take_marker(attributes: &mut Vec<Attribute>) -> Result<Option<(String, Attribute)>> {
    let is_marker = |attribute: &Attribute| MARKERS.iter().any(|marker| attribute.path().is_ident(marker));
    let Some(index) = attributes.iter().position(is_marker) else { return Ok(None) };
    let marker = attributes.remove(index);
    if let Some(second) = attributes.iter().find(|attribute| is_marker(attribute)) {
        return Err(Error::new(second.span(), "an item has one of these attributes"));
    }
    let name = marker.path().get_ident().expect("a marker is one word").to_string();
    Ok(Some((name, marker)))
}

pub fn expand(arguments: TokenStream, input: TokenStream) -> Result<TokenStream> {
    let part: Part = syn::parse2(arguments)?;
    let mut item: ItemImpl = syn::parse2(input)?;
    if item.trait_.is_some() || !item.generics.params.is_empty() {
        return Err(Error::new(item.impl_token.span(), "`#[methods]` goes on a plain `impl Type`"));
    }
    let Type::Path(self_type) = &*item.self_ty else {
        return Err(Error::new(item.self_ty.span(), "`#[methods]` goes on the impl block of a struct"));
    };
    let self_type = self_type.clone();
    let mut block = Block::default();
    let mut errors: Option<Error> = None;
    for entry in &mut item.items {
        let result = match entry {
            ImplItem::Fn(function) => block.function(function),
            ImplItem::Const(constant) => match take_marker(&mut constant.attrs) {
                Ok(Some((marker, attribute))) if marker == "constant" => {
                    Options::parse(&attribute).map(|options| {
                        let ident = &constant.ident;
                        let name = options.name.map_or(plain_name(ident), |name| name.value());
                        block.constants.push(quote! {
                            (#name, || ::runtime::native::convert::IntoResult::into_result(Self_::#ident))
                        });
                    })
                }
                Ok(Some((_, attribute))) => {
                    Err(Error::new(attribute.span(), "a const takes `#[constant]` only"))
                }
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            },
            _ => Ok(()),
        };
        if let Err(error) = result {
            match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            }
        }
    }
    if let Some(errors) = errors {
        // The block itself still stands, so that its users aren't reported too.
        let errors = errors.to_compile_error();
        let constant = block_constant(&part);
        return Ok(quote! {
            #item
            #errors
            #[allow(non_upper_case_globals)]
            impl #self_type {
                #[doc(hidden)]
                pub const #constant: &'static ::runtime::native::class::Methods =
                    &::runtime::native::class::Methods::EMPTY;
            }
        });
    }
    let tables = block.tables(&part, &self_type)?;
    Ok(quote! {
        // As many parameters as Python's signatures have.
        #[allow(clippy::too_many_arguments)]
        #item
        #tables
    })
}

fn block_constant(part: &Part) -> Ident {
    match &part.name {
        Some(name) => format_ident!("__METHODS_{}", name),
        None => format_ident!("__METHODS"),
    }
}

impl Block {
    fn function(&mut self, function: &mut ImplItemFn) -> Result<()> {
        let Some((marker, attribute)) = take_marker(&mut function.attrs)? else { return Ok(()) };
        let rust_name = &function.sig.ident;
        let doc = doc_of(&function.attrs);
        match marker.as_str() {
            "slot" => {
                let (wrapper, install) = slots::expand(function)?;
                self.wrappers.push(wrapper);
                self.slots.push(install);
                return Ok(());
            }
            "getter" | "setter" => return self.property(&marker, &attribute, function, doc),
            "constant" => return Err(Error::new(attribute.span(), "`#[constant]` goes on a const")),
            _ => {}
        }
        let options = Options::parse(&attribute)?;
        let receiver = match marker.as_str() {
            "classmethod" | "new" => Receiver::Class,
            "staticmethod" => Receiver::Static,
            _ => Receiver::Instance,
        };
        let constructor = marker == "new" || marker == "init";
        let name = options.name.as_ref().map_or(plain_name(rust_name), |name| name.value());
        let path = quote!(Self_::#rust_name);
        let display = match constructor {
            true if options.name.is_none() => quote!(<Self_ as ::runtime::native::class::NativeClass>::NAME),
            _ => quote!(#name),
        };
        let default = LitStr::new("()", rust_name.span());
        let text = options.signature.as_ref().or(constructor.then_some(&default));
        let mut callable = Callable::new(receiver, display, path, &function.sig, text)?;
        callable.counts_keywords = constructor || options.hidden;
        if constructor {
            if !options.hidden
                && (marker == "new" || self.class_signature.is_none())
                && options.signature.is_some()
            {
                self.class_signature = Some(callable.signature.text(None));
            }
            return self.constructor(&marker, &callable);
        }
        let wrapper = format_ident!("__method_{}", plain_name(rust_name));
        let (code, flags) = callable.wrapper(&wrapper)?;
        self.wrappers.push(code);
        let extra = match receiver {
            Receiver::Class => quote!(| ::runtime::native::abi::METH_CLASS),
            Receiver::Static => quote!(| ::runtime::native::abi::METH_STATIC),
            _ => quote!(),
        };
        self.methods.push(callable.method_def(&name, &wrapper, flags, extra, &options, &doc)?);
        Ok(())
    }

    fn constructor(&mut self, marker: &str, callable: &Callable) -> Result<()> {
        let raw = quote!(*mut ::runtime::object::RawObject);
        let own = quote!(<Self_ as ::runtime::object::NativeType>::type_object());
        let (place, constructor) = if marker == "new" {
            let constructor = callable.constructor("new", quote! {
                ::runtime::native::class::new_is_strict(slf as *const ::runtime::objects::r#type::Type, #own)
            })?;
            let code = &constructor.from_tuple;
            self.wrappers.push(quote! {
                unsafe extern "C" fn __tp_new(
                    slf: *mut ::runtime::native::abi::PyTypeObject, args: #raw, kwargs: #raw,
                ) -> #raw {
                    let slf = slf as #raw;
                    let body = || -> ::runtime::errors::Result { #code };
                    ::runtime::native::convert::to_c(body())
                }
            });
            self.slots.push(quote!(ty.raw.tp_new.set(::core::option::Option::Some(__tp_new));));
            (&mut self.new, constructor)
        } else {
            let constructor = callable.constructor("init", quote! {
                ::runtime::native::class::init_is_strict(&*(slf as *const ::runtime::object::Object), #own)
            })?;
            let code = &constructor.from_tuple;
            self.wrappers.push(quote! {
                unsafe extern "C" fn __tp_init(slf: #raw, args: #raw, kwargs: #raw) -> ::core::ffi::c_int {
                    let body = || -> ::runtime::errors::Result<()> { #code };
                    ::runtime::native::slots::Status::into_status(body())
                }
            });
            self.slots.push(quote!(ty.raw.tp_init.set(::core::option::Option::Some(__tp_init));));
            (&mut self.init, constructor)
        };
        self.wrappers.push(constructor.items.clone());
        if place.replace(constructor).is_some() {
            return Err(Error::new(callable.rust.ident.span(), format!("a second `#[{marker}]`")));
        }
        Ok(())
    }

    /// The function that makes an instance without a tuple of arguments, if there is a `#[new]`.
    fn vectorcall(&self) -> (TokenStream, TokenStream) {
        let Some(new) = &self.new else { return (quote!(), quote!(::core::option::Option::None)) };
        let raw = quote!(*mut ::runtime::object::RawObject);
        let new = &new.from_vector;
        let init = self.init.as_ref().map(|init| {
            let init = &init.from_vector;
            quote! {
                // Only what is an instance of the class is initialized.
                if object.ty().is_subtype(unsafe { &*(slf as *const ::runtime::objects::r#type::Type) }) {
                    let slf = object.as_ptr();
                    #init?;
                }
            }
        });
        let code = quote! {
            unsafe extern "C" fn __vectorcall(slf: #raw, args: *const #raw, nargsf: usize, kwnames: #raw) -> #raw {
                let nargs = (nargsf & !::runtime::native::abi::PY_VECTORCALL_ARGUMENTS_OFFSET) as isize;
                let body = || -> ::runtime::errors::Result {
                    let object = #new?;
                    #init
                    ::core::result::Result::Ok(object)
                };
                ::runtime::native::convert::to_c(body())
            }
        };
        (code, quote!(::core::option::Option::Some(__vectorcall)))
    }

    fn property(
        &mut self,
        marker: &str,
        attribute: &Attribute,
        function: &ImplItemFn,
        doc: String,
    ) -> Result<()> {
        let options = Options::parse(attribute)?;
        let rust_name = &function.sig.ident;
        let plain = plain_name(rust_name);
        let default = match marker {
            "setter" => plain.strip_prefix("set_").unwrap_or(&plain).to_string(),
            _ => plain.clone(),
        };
        let name = options.name.as_ref().map_or(default, |name| name.value());
        let wrapper = format_ident!("__{}_{}", marker, plain);
        let raw = quote!(*mut ::runtime::object::RawObject);
        let receiver = match function.sig.inputs.first() {
            Some(FnArg::Receiver(_)) => quote!(&*(slf as *const Self_)),
            _ => quote!(&*(slf as *const ::runtime::object::Object)),
        };
        let wanted = if marker == "getter" { 1 } else { 2 };
        if function.sig.inputs.len() != wanted {
            return Err(Error::new(
                rust_name.span(),
                match marker {
                    "getter" => "a getter takes `&self` alone",
                    _ => "a setter takes `&self` and the value",
                },
            ));
        }
        let span = match &function.sig.output {
            syn::ReturnType::Type(_, ty) => ty.span(),
            syn::ReturnType::Default => rust_name.span(),
        };
        if marker == "getter" {
            let finish = quote_spanned!(span=> ::runtime::native::convert::IntoResult::into_result(outcome));
            self.wrappers.push(quote! {
                unsafe extern "C" fn #wrapper(slf: #raw, _: *mut ::core::ffi::c_void) -> #raw {
                    let outcome = unsafe { Self_::#rust_name(#receiver) };
                    ::runtime::native::convert::to_c(#finish)
                }
            });
        } else {
            let optional = matches!(&function.sig.inputs[1], FnArg::Typed(typed) if crate::callable::is_option(&typed.ty));
            let place = quote! {
                &::runtime::native::args::Place {
                    function: #name, argument: ::runtime::native::args::Argument::Attribute,
                }
            };
            let value = match optional {
                true => quote!(::runtime::native::convert::optional(value, #place)?),
                false => quote!(::runtime::native::convert::required(value, #place)?),
            };
            let finish = quote_spanned!(span=> ::runtime::native::slots::Status::into_status(outcome));
            self.wrappers.push(quote! {
                unsafe extern "C" fn #wrapper(
                    slf: #raw, value: #raw, _: *mut ::core::ffi::c_void,
                ) -> ::core::ffi::c_int {
                    let body = || -> ::runtime::errors::Result<::core::ffi::c_int> {
                        let value = unsafe { ::runtime::object::Object::from_raw_opt(value) };
                        let value = #value;
                        let outcome = unsafe { Self_::#rust_name(#receiver, value) };
                        ::core::result::Result::Ok(#finish)
                    };
                    body().unwrap_or(-1)
                }
            });
        }
        let entry = match self.getset.iter_mut().find(|entry| entry.name == name) {
            Some(entry) => entry,
            None => {
                self.getset.push(GetSet {
                    name,
                    get: None,
                    set: None,
                    doc: String::new(),
                    span: rust_name.span(),
                });
                self.getset.last_mut().expect("just pushed")
            }
        };
        let (place, doc) = match marker {
            "getter" => (&mut entry.get, doc),
            _ => (&mut entry.set, String::new()),
        };
        if place.replace(wrapper).is_some() {
            return Err(Error::new(rust_name.span(), format!("a second {marker} of this name")));
        }
        if !doc.is_empty() {
            entry.doc = options.doc.map_or(doc, |doc| doc.value());
        }
        Ok(())
    }

    fn tables(&self, part: &Part, self_type: &syn::TypePath) -> Result<TokenStream> {
        let constant = block_constant(part);
        let Block { wrappers, methods, slots, constants, .. } = self;
        let getset = self.getset.iter().map(|entry| {
            let name = c_string(&entry.name, entry.span)?;
            let function = |wrapper: &Option<Ident>| match wrapper {
                Some(wrapper) => quote!(::core::option::Option::Some(#wrapper)),
                None => quote!(::core::option::Option::None),
            };
            let (get, set) = (function(&entry.get), function(&entry.set));
            let doc = match entry.doc.is_empty() {
                true => quote!(::core::ptr::null()),
                false => {
                    let doc = c_string(&entry.doc, entry.span)?;
                    quote!(#doc.as_ptr())
                }
            };
            Ok(quote! {
                ::runtime::native::abi::PyGetSetDef {
                    name: #name.as_ptr(), get: #get, set: #set, doc: #doc, closure: ::core::ptr::null_mut(),
                }
            })
        });
        let getset = getset.collect::<Result<Vec<_>>>()?;
        let parts = part.parts.iter().map(|part| format_ident!("__METHODS_{}", part));
        let signature = match &self.class_signature {
            Some(text) => quote!(::core::option::Option::Some(#text)),
            None => quote!(::core::option::Option::None),
        };
        let (vectorcall_code, vectorcall) = self.vectorcall();
        let has_init = self.init.is_some();
        Ok(quote! {
            #[allow(
                unsafe_code, unused_unsafe, non_upper_case_globals, non_snake_case, clippy::all, clippy::undocumented_unsafe_blocks,
            )]
            const _: () = {
                #[allow(dead_code)]
                type Self_ = #self_type;
                #(#wrappers)*
                #vectorcall_code
                #[allow(unused_variables)]
                fn __fill_slots(ty: &'static ::runtime::objects::r#type::Type) {
                    #(#slots)*
                }
                impl #self_type {
                    #[doc(hidden)]
                    pub const #constant: &'static ::runtime::native::class::Methods =
                        &::runtime::native::class::Methods {
                            methods: &[#(#methods),*],
                            getset: &[#(#getset),*],
                            slots: __fill_slots,
                            constants: &[#(#constants),*],
                            signature: #signature,
                            vectorcall: #vectorcall,
                            vectorcall_initializes: #has_init,
                            parts: &[#(<#self_type>::#parts),*],
                        };
                }
            };
        })
    }
}
