//! Makes the JavaScript glue of the core: `bindgen INPUT.wasm DIRECTORY` writes `core.js`, `core.d.ts` and `core_bg.wasm`.

use std::error::Error;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(directory)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bindgen INPUT.wasm DIRECTORY".into());
    };
    Bindgen::new()
        .input_path(input)
        .web(true)?
        .out_name("core")
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
