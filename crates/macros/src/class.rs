//! `#[class]`: a struct as the body of a Python type: its static type object, layout traits, members, and what the
//! collector and deallocation need.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, Field, Fields, ItemStruct, LitStr, Path, Result, Token, Type, parenthesized};

use crate::common::{c_string, doc_of, screaming};

#[derive(Default)]
struct Arguments {
    name: Option<LitStr>,
    flags: Vec<Ident>,
    base: Option<Path>,
    symbol: Option<LitStr>,
    itemsize: Option<Expr>,
    basicsize: Option<Expr>,
    doc: Option<LitStr>,
    no_methods: bool,
    /// The name of the static type object, where it is not made from the struct's.
    variable: Option<Ident>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut arguments = Arguments::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "flags" => {
                    let content;
                    parenthesized!(content in input);
                    arguments.flags =
                        Punctuated::<Ident, Token![,]>::parse_terminated(&content)?.into_iter().collect();
                }
                "no_methods" => arguments.no_methods = true,
                "variable" => {
                    input.parse::<Token![=]>()?;
                    arguments.variable = Some(input.parse()?);
                }
                name @ ("name" | "base" | "symbol" | "itemsize" | "basicsize" | "doc") => {
                    input.parse::<Token![=]>()?;
                    match name {
                        "name" => arguments.name = Some(input.parse()?),
                        "base" => arguments.base = Some(input.parse()?),
                        "symbol" => arguments.symbol = Some(input.parse()?),
                        "itemsize" => arguments.itemsize = Some(input.parse()?),
                        "basicsize" => arguments.basicsize = Some(input.parse()?),
                        _ => arguments.doc = Some(input.parse()?),
                    }
                }
                _ => {
                    return Err(Error::new(
                        key.span(),
                        "expected `name`, `flags(…)`, `base`, `symbol`, `itemsize`, `basicsize`, `doc`, `variable` or `no_methods`",
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}

/// A flag's bits, named as in C without the prefix.
fn flag(name: &Ident) -> Result<TokenStream> {
    let text = name.to_string();
    let constant = match text.as_str() {
        "GC" => format_ident!("Py_TPFLAGS_HAVE_GC", span = name.span()),
        "MATCH_SELF" => format_ident!("_Py_TPFLAGS_MATCH_SELF", span = name.span()),
        "BASETYPE"
        | "SEQUENCE"
        | "MAPPING"
        | "LIST_SUBCLASS"
        | "LONG_SUBCLASS"
        | "TUPLE_SUBCLASS"
        | "BYTES_SUBCLASS"
        | "UNICODE_SUBCLASS"
        | "DICT_SUBCLASS"
        | "BASE_EXC_SUBCLASS"
        | "TYPE_SUBCLASS"
        | "DISALLOW_INSTANTIATION"
        | "METHOD_DESCRIPTOR"
        | "HAVE_VECTORCALL"
        | "ITEMS_AT_END"
        | "IS_ABSTRACT"
        | "MANAGED_DICT"
        | "MANAGED_WEAKREF"
        | "INLINE_VALUES" => {
            format_ident!("Py_TPFLAGS_{}", text, span = name.span())
        }
        _ => return Err(Error::new(name.span(), "no such flag: `GC`, or the end of a `Py_TPFLAGS_…` name")),
    };
    Ok(quote_spanned!(name.span()=> ::runtime::native::abi::#constant))
}

struct Member {
    field: Ident,
    name: String,
    readonly: bool,
    /// Reading a null link raises AttributeError.
    required: bool,
    doc: String,
}

/// What the attributes of a field say.
#[derive(Default)]
struct FieldRole {
    skip: bool,
    weaklist: bool,
    /// The list is this field of the field's struct.
    weaklist_within: Option<Ident>,
    dict: bool,
    vectorcall: bool,
    members: Vec<Member>,
}

fn field_role(field: &mut Field) -> Result<FieldRole> {
    let mut role = FieldRole::default();
    let ident = field.ident.clone().expect("named fields");
    let doc = doc_of(&field.attrs);
    let mut kept = Vec::new();
    for attribute in std::mem::take(&mut field.attrs) {
        if attribute.path().is_ident("gc") {
            attribute.parse_nested_meta(|meta| {
                if !meta.path.is_ident("skip") {
                    return Err(meta.error("expected `skip`"));
                }
                role.skip = true;
                Ok(())
            })?;
        } else if attribute.path().is_ident("weaklist") {
            role.weaklist = true;
            if !matches!(attribute.meta, syn::Meta::Path(_)) {
                role.weaklist_within = Some(attribute.parse_args()?);
            }
        } else if attribute.path().is_ident("dict") {
            role.dict = true;
        } else if attribute.path().is_ident("vectorcall") {
            role.vectorcall = true;
        } else if attribute.path().is_ident("member") {
            let mut member = Member {
                field: ident.clone(),
                name: crate::common::plain_name(&ident),
                readonly: false,
                required: false,
                doc: doc.clone(),
            };
            if !matches!(attribute.meta, syn::Meta::Path(_)) {
                attribute.parse_nested_meta(|meta| {
                    if meta.path.is_ident("readonly") {
                        member.readonly = true;
                    } else if meta.path.is_ident("required") {
                        member.required = true;
                    } else if meta.path.is_ident("name") {
                        member.name = meta.value()?.parse::<LitStr>()?.value();
                    } else if meta.path.is_ident("doc") {
                        member.doc = meta.value()?.parse::<LitStr>()?.value();
                    } else {
                        return Err(meta.error("expected `readonly`, `required`, `name` or `doc`"));
                    }
                    Ok(())
                })?;
            }
            role.members.push(member);
        } else {
            kept.push(attribute);
        }
    }
    field.attrs = kept;
    Ok(role)
}

pub fn expand(arguments: TokenStream, input: TokenStream) -> Result<TokenStream> {
    let arguments: Arguments = syn::parse2(arguments)?;
    let mut item: ItemStruct = syn::parse2(input)?;
    let ident = item.ident.clone();
    if !item.generics.params.is_empty() {
        return Err(Error::new(item.generics.span(), "a native type can't be generic"));
    }
    let name = arguments.name.as_ref().ok_or_else(|| {
        Error::new(Span::call_site(), "`#[class]` needs `name = \"…\"`: the module's name and the type's")
    })?;
    let c_layout = item.attrs.iter().any(|attribute| {
        attribute.path().is_ident("repr")
            && attribute
                .parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated)
                .is_ok_and(|list| list.iter().any(|word| word == "C" || word == "transparent"))
    });
    if !c_layout {
        return Err(Error::new(ident.span(), "a native type is `#[repr(C)]`"));
    }
    let doc_comment = doc_of(&item.attrs);
    let Fields::Named(fields) = &mut item.fields else {
        return Err(Error::new(ident.span(), "a native type has named fields, the first one its head"));
    };
    if fields.named.is_empty() {
        return Err(Error::new(ident.span(), "a native type begins with its head: `head: Object`"));
    }
    let mut roles = Vec::new();
    for field in &mut fields.named {
        roles.push(field_role(field)?);
    }
    let fields: Vec<Field> = fields.named.iter().cloned().collect();
    let head = fields[0].ident.clone().expect("named fields");
    let head_type = &fields[0].ty;
    let embeds = head == "head" || head == "base";
    let head_name = match head_type {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    // The struct that this one derives from; None: plain object.
    let base: Option<TokenStream> = match &arguments.base {
        Some(path) if path.is_ident("Object") => None,
        Some(path) => Some(quote!(#path)),
        None if embeds && head_name != "Object" && head_name != "VarObject" => Some(quote!(#head_type)),
        None => None,
    };
    let gc = arguments.flags.iter().any(|flag| flag == "GC");
    let static_name = arguments
        .variable
        .clone()
        .unwrap_or_else(|| format_ident!("{}_TYPE", screaming(&ident.to_string()), span = ident.span()));
    let visibility = &item.vis;
    let symbol = arguments.symbol.as_ref().map(|symbol| quote!(#[unsafe(export_name = #symbol)]));
    let flags = arguments.flags.iter().map(flag).collect::<Result<Vec<_>>>()?;
    let c_name = c_string(&name.value(), name.span())?;
    let type_name = name.value().rsplit('.').next().unwrap_or_default().to_string();
    let doc = arguments.doc.as_ref().map_or(doc_comment, LitStr::value);
    let basicsize = match &arguments.basicsize {
        Some(size) => quote!(#size),
        None => quote!(::core::mem::size_of::<Self_>()),
    };
    let itemsize = arguments.itemsize.as_ref().map_or(quote!(0), |size| quote!(#size));
    let target = match (&base, embeds) {
        (_, true) => quote!(#head_type),
        (Some(base), false) => quote!(#base),
        (None, false) => quote!(::runtime::object::Object),
    };
    let base_function = match &base {
        Some(base) => quote! {
            ::core::option::Option::Some(<#base as ::runtime::object::NativeType>::type_object)
        },
        None => quote!(::core::option::Option::None),
    };
    let offset = |wanted: fn(&FieldRole) -> bool| {
        let mut found =
            fields.iter().zip(&roles).filter(|(_, role)| wanted(role)).map(|(field, _)| &field.ident);
        found.next().map_or(quote!(0), |field| quote!(::core::mem::offset_of!(Self_, #field) as isize))
    };
    let within = roles.iter().find_map(|role| role.weaklist_within.as_ref());
    let weaklist_offset = match (fields.first(), within) {
        (Some(raw), Some(within)) => {
            let raw = &raw.ident;
            quote!(::core::mem::offset_of!(Self_, #raw.#within) as isize)
        }
        _ => offset(|role| role.weaklist),
    };
    let dict_offset = offset(|role| role.dict);
    let vectorcall_offset = offset(|role| role.vectorcall);
    let has_weaklist = roles.iter().any(|role| role.weaklist);
    let vectorcall_flag = roles
        .iter()
        .any(|role| role.vectorcall)
        .then(|| quote!(| ::runtime::native::abi::Py_TPFLAGS_HAVE_VECTORCALL));

    let members = fields
        .iter()
        .zip(&roles)
        .flat_map(|(field, role)| role.members.iter().map(move |member| (field, member)));
    let members = members
        .map(|(field, member)| {
            let ty = &field.ty;
            let span = ty.span();
            let name = c_string(&member.name, span)?;
            let field = &member.field;
            let code = quote_spanned!(span=> <#ty as ::runtime::native::class::MemberField>::CODE);
            let code = match member.required {
                true => quote!(::runtime::native::class::required_member(#code)),
                false => code,
            };
            let flags = if member.readonly { quote!(::runtime::native::abi::Py_READONLY) } else { quote!(0) };
            let doc = match member.doc.is_empty() {
                true => quote!(::core::ptr::null()),
                false => {
                    let doc = c_string(&member.doc, span)?;
                    quote!(#doc.as_ptr())
                }
            };
            Ok(quote! {
                ::runtime::native::abi::PyMemberDef {
                    name: #name.as_ptr(),
                    r#type: #code,
                    offset: ::core::mem::offset_of!(Self_, #field) as isize,
                    flags: #flags,
                    doc: #doc,
                }
            })
        })
        .collect::<Result<Vec<_>>>()?;

    let traversed = || {
        fields.iter().zip(&roles).skip(1).filter(|(_, role)| !role.skip && !role.weaklist && !role.vectorcall)
    };
    let (traverse, clear, collector) = if gc {
        let visits = traversed().map(|(field, _)| {
            let name = &field.ident;
            quote_spanned! {field.ty.span()=>
                let stop = ::runtime::gc::Traverse::traverse(&this.#name, &visitor);
                if stop != 0 { return stop; }
            }
        });
        let clears = traversed().map(|(field, _)| {
            let name = &field.ident;
            quote_spanned!(field.ty.span()=> ::runtime::gc::Traverse::drop_references(&this.#name);)
        });
        let base_traverse = base.as_ref().map(|base| {
            quote! {
                let stop = ::runtime::native::class::traverse_base::<#base>(slf, visit, argument);
                if stop != 0 { return stop; }
            }
        });
        let base_clear = base.as_ref().map(|base| {
            quote! {
                ::runtime::native::class::clear_base::<#base>(slf);
            }
        });
        (
            quote!(::core::option::Option::Some(__traverse)),
            quote!(::core::option::Option::Some(__clear)),
            quote! {
                unsafe extern "C" fn __traverse(
                    slf: *mut ::runtime::object::RawObject,
                    visit: ::runtime::native::abi::visitproc,
                    argument: *mut ::core::ffi::c_void,
                ) -> ::core::ffi::c_int {
                    let visitor = ::runtime::gc::Visitor { visit, argument };
                    let this = unsafe { &*(slf as *const Self_) };
                    unsafe { #base_traverse }
                    #(#visits)*
                    let _ = (this, visitor);
                    0
                }
                unsafe extern "C" fn __clear(slf: *mut ::runtime::object::RawObject) -> ::core::ffi::c_int {
                    let this = unsafe { &*(slf as *const Self_) };
                    #(#clears)*
                    let _ = this;
                    unsafe { #base_clear }
                    0
                }
            },
        )
    } else {
        (quote!(::core::option::Option::None), quote!(::core::option::Option::None), quote!())
    };

    let deallocate = match &base {
        None => quote! {
            ::core::ptr::drop_in_place(slf as *mut Self_);
            ::runtime::native::class::free(slf);
        },
        Some(base) => {
            let drops = fields.iter().skip(usize::from(embeds)).map(|field| {
                let name = &field.ident;
                quote!(::core::ptr::drop_in_place(&raw mut (*(slf as *mut Self_)).#name);)
            });
            let drops = if embeds { quote!(#(#drops)*) } else { quote!() };
            quote! {
                #drops
                ::runtime::native::class::deallocate_base::<#base>(slf);
            }
        }
    };
    let methods = match arguments.no_methods {
        true => quote!(&::runtime::native::class::Methods::EMPTY),
        false => quote!(<Self_>::__METHODS),
    };
    let deref = match embeds {
        true => quote!(&self.#head),
        // SAFETY (of what is generated): the struct begins with the base's layout, by the class's contract.
        false => quote!(unsafe { &*(self as *const Self as *const #target) }),
    };
    Ok(quote! {
        #item

        #[doc = concat!("The type object of [`", stringify!(#ident), "`].")]
        #[allow(unsafe_code, non_upper_case_globals)]
        #symbol
        #visibility static #static_name: ::runtime::objects::r#type::StaticType =
            ::runtime::objects::r#type::StaticType::new(<#ident as ::runtime::native::class::NativeClass>::define);

        #[allow(unsafe_code, unused_unsafe, non_snake_case, clippy::all, clippy::undocumented_unsafe_blocks)]
        const _: () = {
            #[allow(dead_code)]
            type Self_ = #ident;
            const _: () = ::core::assert!(
                ::core::mem::offset_of!(Self_, #head) == 0,
                "the first field of a native type is its head",
            );
            unsafe impl ::runtime::object::Layout for #ident {}
            unsafe impl ::runtime::object::NativeType for #ident {
                #[inline(always)]
                fn type_object() -> &'static ::runtime::objects::r#type::Type {
                    #static_name.as_type()
                }
            }
            impl ::core::ops::Deref for #ident {
                type Target = #target;
                #[inline(always)]
                fn deref(&self) -> &#target {
                    #deref
                }
            }
            #collector
            unsafe extern "C" fn __dealloc(slf: *mut ::runtime::object::RawObject) {
                unsafe {
                    if !::runtime::native::class::prepare_dealloc::<Self_>(slf, #gc, #has_weaklist) {
                        return;
                    }
                    #deallocate
                }
            }
            impl ::runtime::native::class::NativeClass for #ident {
                const NAME: &'static str = #type_name;
                fn static_type() -> &'static ::runtime::objects::r#type::StaticType {
                    &#static_name
                }
                fn define(ty: &'static ::runtime::objects::r#type::Type) {
                    #[allow(unused_imports)]
                    use ::runtime::native::class::NoMethods as _;
                    ::runtime::native::class::define(ty, &::runtime::native::class::Definition {
                        name: #c_name,
                        type_name: #type_name,
                        doc: #doc,
                        basicsize: (#basicsize) as isize,
                        itemsize: (#itemsize) as isize,
                        flags: 0 #(| #flags)* #vectorcall_flag,
                        base: #base_function,
                        weaklist_offset: #weaklist_offset,
                        dict_offset: #dict_offset,
                        vectorcall_offset: #vectorcall_offset,
                        members: &[#(#members),*],
                        dealloc: __dealloc,
                        traverse: #traverse,
                        clear: #clear,
                        methods: #methods,
                    });
                }
            }
        };
    })
}
