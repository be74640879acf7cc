//! `_json`: the fast paths of `json`. Enter at [`encoder`] and [`scanner`].

mod encoder;
mod quote;
mod scanner;
mod scanstring;

use runtime::prelude::*;

module! {
    name: "_json",
    doc: "json speedups\n",
    functions: [quote::encode_basestring, quote::encode_basestring_ascii, scanstring::scanstring],
    exec: exec,
}

/// The functions that the encoder knows to do itself.
#[derive(Default)]
struct State {
    plain: Link,
    ascii: Link,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let (encoder, scanner) = (encoder::Encoder::static_type(), scanner::Scanner::static_type());
    encoder.ready()?;
    scanner.ready()?;
    dict.insert_str(intern!("make_encoder"), encoder)?;
    dict.insert_str(intern!("make_scanner"), scanner)?;
    let state = Interpreter::current().state::<State>();
    state.plain.set(dict.get_str(intern!("encode_basestring"))?);
    state.ascii.set(dict.get_str(intern!("encode_basestring_ascii"))?);
    Ok(())
}
