//! Prints the TypeScript declarations of what crosses between the core and the extension.

use squashcast::{view::PanelView, wire};
use ts_rs::TS;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("usage: wire-types DIRECTORY")?;
    let config = ts_rs::Config::new().with_out_dir(directory);
    PanelView::export_all(&config)?;
    wire::PageContext::export_all(&config)?;
    wire::Settings::export_all(&config)?;
    wire::PlaygroundCase::export_all(&config)?;
    Ok(())
}
