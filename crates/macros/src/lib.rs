//! `#[class]`, `#[methods]`, `#[function]` and `module!`: a native type, function or module is declared once.

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
    let callable = Callable::new(
        Receiver::Module,
        quote!(#name),
        quote!(#ident),
        &item.sig,
        options.signature.as_ref(),
    )?;
    let wrapper = format_ident!("__wrapper");
    let (code, flags) = callable.wrapper(&wrapper)?;
    let definition = callable.method_def(&name, &wrapper, flags, quote!(), &options, &doc_of(&item.attrs))?;
    let constant = module::definition_name(ident);
    let visibility = &item.vis;
    Ok(quote! {
        #item
        #[doc(hidden)]
        #[allow(unsafe_code, unused_unsafe, non_upper_case_globals, clippy::all, clippy::undocumented_unsafe_blocks)]
        #visibility const #constant: ::runtime::native::abi::PyMethodDef = {
            #code
            #definition
        };
    })
}
