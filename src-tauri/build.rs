//! Tauri's code generation, and a placeholder page so that `cargo check` works before the UI was ever built.

fn main() {
    #[cfg(feature = "desktop")]
    desktop::build();
}

#[cfg(feature = "desktop")]
mod desktop {
    use std::{fs, path::Path};

    pub fn build() {
        println!("cargo:rerun-if-changed=src-tauri/capabilities");
        let page = Path::new("ui/dist/index.html");
        if !page.exists() {
            fs::create_dir_all("ui/dist").expect("ui/dist can be created");
            fs::write(page, "<!doctype html><title>Queue Desk</title><p>The UI is not built: run `cargo xtask run`.\n")
                .expect("ui/dist/index.html can be written");
        }
        let attributes = tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*.json");
        tauri_build::try_build(attributes).expect("tauri.conf.json and the capabilities are valid");
    }
}
