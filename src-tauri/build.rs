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
        manifest_of_tests();
        let attributes = tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*.json");
        tauri_build::try_build(attributes).expect("tauri.conf.json and the capabilities are valid");
    }

    /// On Windows the window's dialogs need version 6 of the common controls, which only a program with a manifest gets; one without it
    /// does not even start. Tauri gives it to the programs, and to nothing else that is built here.
    fn manifest_of_tests() {
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
        if !is("CARGO_CFG_TARGET_OS", "windows") || !is("CARGO_CFG_TARGET_ENV", "msvc") {
            return;
        }
        const CONTROLS: &str = "type='win32' name='Microsoft.Windows.Common-Controls' version='6.0.0.0' \
                                processorArchitecture='*' publicKeyToken='6595b64144ccf1df' language='*'";
        for kind in ["tests", "benches", "examples"] {
            println!("cargo:rustc-link-arg-{kind}=/MANIFEST:EMBED");
            println!("cargo:rustc-link-arg-{kind}=/MANIFESTDEPENDENCY:{CONTROLS}");
        }
    }
}
