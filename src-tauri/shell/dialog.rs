//! Where to save: the native dialog in the window, a given path in the tests.

use std::{future::Future, path::PathBuf, pin::Pin};

use crate::{error::Error, terminal};

/// None: the person cancelled.
pub type Choice<'a> = Pin<Box<dyn Future<Output = Option<PathBuf>> + Send + 'a>>;

/// What is saved: the dialog's title, the name of the kind, and its extension.
#[derive(Debug, Clone, Copy)]
pub struct FileKind {
    pub title: &'static str,
    pub name: &'static str,
    pub extension: &'static str,
}

impl FileKind {
    pub const EXPORT: Self = Self { title: "Export the queue", name: "CSV", extension: "csv" };

    pub const FIGURES: Self = Self { title: "Save the figures", name: "CSV", extension: "csv" };

    pub const SCRIPT: Self = Self { title: "Save the SQL script", name: "SQL", extension: "sql" };

    pub fn of_report(extension: &'static str) -> Self {
        Self { title: "Save the report", name: "Report", extension }
    }
}

pub trait SaveDialog: Send + Sync {
    fn choose_kind<'a>(&'a self, suggested_name: &'a str, kind: FileKind) -> Choice<'a>;

    /// Where an export goes.
    fn choose<'a>(&'a self, suggested_name: &'a str) -> Choice<'a> {
        self.choose_kind(suggested_name, FileKind::EXPORT)
    }

    /// A file with certificates to trust.
    fn choose_certificate(&self) -> Choice<'_> {
        Box::pin(async { None })
    }
}

/// The operating system's own dialog. Opens in the person's documents, not in the working directory.
#[derive(Default)]
pub struct Native {
    folder: Option<PathBuf>,
}

impl SaveDialog for Native {
    fn choose_kind<'a>(&'a self, suggested_name: &'a str, kind: FileKind) -> Choice<'a> {
        let mut dialog = rfd::AsyncFileDialog::new()
            .set_title(kind.title)
            .set_file_name(suggested_name)
            .add_filter(kind.name, &[kind.extension]);
        if let Some(folder) = self.folder.clone().or_else(documents) {
            dialog = dialog.set_directory(folder);
        }
        Box::pin(async move {
            dialog.save_file().await.map(|file| with_extension(file.path().to_path_buf(), kind.extension))
        })
    }

    fn choose_certificate(&self) -> Choice<'_> {
        let mut dialog = rfd::AsyncFileDialog::new()
            .set_title("Choose the CA file")
            .add_filter("Certificates", &["crt", "pem", "cer"])
            .add_filter("All files", &["*"]);
        if let Some(folder) = self.folder.clone().or_else(documents) {
            dialog = dialog.set_directory(folder);
        }
        Box::pin(async move { dialog.pick_file().await.map(|file| file.path().to_path_buf()) })
    }
}

/// Says why there is no window to who clicked an icon, and so has no terminal to read. On Linux the session keeps what was written.
pub fn say(error: &Error) {
    if !terminal::is_missing() {
        return;
    }
    let dialog = rfd::MessageDialog::new().set_level(rfd::MessageLevel::Error).set_title("Queue Desk");
    dialog.set_description(error.to_string()).show();
}

fn documents() -> Option<PathBuf> {
    let home = PathBuf::from(std::env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" })?);
    let documents = home.join("Documents");
    Some(if documents.is_dir() { documents } else { home })
}

/// GTK does not add the extension of the filter by itself.
fn with_extension(path: PathBuf, extension: &str) -> PathBuf {
    match path.extension() {
        Some(_) => path,
        None => path.with_extension(extension),
    }
}
