//! `module!`: a native module as data.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Ident, LitStr, Path, Result, Token, bracketed};

use crate::common::c_string;

struct Module {
    name: LitStr,
    doc: Option<LitStr>,
    functions: Vec<Path>,
    classes: Vec<Class>,
    exec: Option<Expr>,
    variable: Ident,
}

/// `Md5`, or `Md5 as MD5Type` where the module knows it by another name than its own.
struct Class {
    path: Path,
    alias: Option<Ident>,
}

impl Parse for Class {
    fn parse(input: ParseStream) -> Result<Self> {
        let path = Path::parse_mod_style(input)?;
        let alias = match input.parse::<Option<Token![as]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Class { path, alias })
    }
}

impl Parse for Module {
    fn parse(input: ParseStream) -> Result<Self> {
        let (mut name, mut doc, mut functions, mut classes, mut exec) =
            (None, None, Vec::new(), Vec::new(), None);
        let mut variable = format_ident!("MODULE");
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            input.parse::<Token![:]>()?;
            match key.to_string().as_str() {
                "name" => name = Some(input.parse()?),
                "doc" => doc = Some(input.parse()?),
                "functions" => functions = list(input, Path::parse_mod_style)?,
                "classes" => classes = list(input, Class::parse)?,
                "exec" => exec = Some(input.parse()?),
                "variable" => variable = input.parse()?,
                _ => {
                    return Err(Error::new(
                        key.span(),
                        "expected `name`, `doc`, `functions`, `classes`, `exec` or `variable`",
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let name = name.ok_or_else(|| input.error("a module has a `name`"))?;
        Ok(Module { name, doc, functions, classes, exec, variable })
    }
}

fn list<T>(input: ParseStream, item: fn(ParseStream) -> Result<T>) -> Result<Vec<T>> {
    let content;
    bracketed!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated_with(&content, item)?.into_iter().collect())
}

/// The hidden constant that `#[function]` makes beside a function.
pub fn definition_name(function: &Ident) -> Ident {
    let name = function.to_string();
    format_ident!("__FUNCTION_{}", name.strip_prefix("r#").unwrap_or(&name), span = function.span())
}

pub fn expand(input: TokenStream) -> Result<TokenStream> {
    let module: Module = syn::parse2(input)?;
    let name = &module.name;
    let doc = match &module.doc {
        Some(doc) => {
            let doc = c_string(&doc.value(), doc.span())?;
            quote!(::core::option::Option::Some(#doc))
        }
        None => quote!(::core::option::Option::None),
    };
    let functions = module.functions.iter().map(|path| {
        let mut path = path.clone();
        let last = path.segments.last_mut().expect("a path has a segment");
        last.ident = definition_name(&last.ident);
        path
    });
    let count = module.functions.len() + 1;
    let classes = module.classes.iter().map(|Class { path, alias }| {
        let alias = match alias {
            Some(alias) => {
                let alias = alias.to_string();
                quote!(::core::option::Option::Some(#alias))
            }
            None => quote!(::core::option::Option::None),
        };
        quote!((<#path as ::runtime::native::class::NativeClass>::static_type, #alias))
    });
    let exec = match &module.exec {
        Some(exec) => quote!(::core::option::Option::Some(#exec)),
        None => quote!(::core::option::Option::None),
    };
    let variable = &module.variable;
    Ok(quote! {
        /// The native module, for the import system.
        #[allow(unsafe_code)]
        pub static #variable: ::runtime::native::module::NativeModule = {
            static FUNCTIONS: ::runtime::native::class::Table<::runtime::native::abi::PyMethodDef, #count> =
                ::runtime::native::class::Table([
                    #(#functions,)*
                    ::runtime::native::abi::PyMethodDef::zeroed(),
                ]);
            ::runtime::native::module::NativeModule {
                name: #name,
                doc: #doc,
                functions: &FUNCTIONS.0,
                classes: &[#(#classes),*],
                exec: #exec,
            }
        };
    })
}
