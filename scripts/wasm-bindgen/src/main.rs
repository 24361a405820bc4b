//! Makes the JavaScript glue of a module: `bindgen INPUT.wasm DIRECTORY NAME` writes `NAME.js`, `NAME.d.ts` and
//! `NAME_bg.wasm`.

use std::error::Error;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(directory), Some(name)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: bindgen INPUT.wasm DIRECTORY NAME".into());
    };
    Bindgen::new()
        .input_path(input)
        .web(true)?
        .out_name(&name)
        .typescript(true)
        // A trapped instance is dropped and made anew.
        .reset_state_function(true)
        // The glue finds the Wasm beside itself.
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(directory)?;
    Ok(())
}
