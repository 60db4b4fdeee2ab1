//! A window with one button and nothing behind it: the floor below which no Tauri window opens.

use std::borrow::Cow;

use tauri::{
    Assets, WebviewUrl, WebviewWindowBuilder, Wry,
    utils::assets::{AssetKey, AssetsIter, CspHash},
};

struct Page;

impl Assets<Wry> for Page {
    fn get(&self, _: &AssetKey) -> Option<Cow<'_, [u8]>> {
        Some(Cow::Borrowed(b"<!doctype html><title>Bare</title><button id=ready>Ready</button>"))
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        Box::new(std::iter::empty())
    }
}

fn main() {
    tauri::Builder::<Wry>::default()
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default()).title("Bare").build()?;
            Ok(())
        })
        .run(tauri::test::mock_context(Page))
        .expect("a window");
}
