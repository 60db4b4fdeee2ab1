//! The window without a screen: the real commands behind Tauri's IPC, on the mock runtime.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use queue_desk::{
    action::Desk,
    profile::Profiles,
    shell::{
        self, Shell, Start,
        dialog::{Choice, FileKind, SaveDialog},
    },
};
use serde_json::{Value, json};
use tauri::{
    App, Listener, WebviewWindow, WebviewWindowBuilder,
    ipc::{CallbackFn, InvokeBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder},
    webview::InvokeRequest,
};

/// A save dialog that answers without asking.
pub struct Answer(pub Option<PathBuf>);

impl SaveDialog for Answer {
    fn choose_kind<'a>(&'a self, _suggested_name: &'a str, _kind: FileKind) -> Choice<'a> {
        Box::pin(async { self.0.clone() })
    }

    fn choose_certificate(&self) -> Choice<'_> {
        Box::pin(async { self.0.clone() })
    }
}

pub struct Window {
    app: App<MockRuntime>,
    webview: WebviewWindow<MockRuntime>,
    heard: Arc<Mutex<Vec<(String, Value)>>>,
    folder: super::Folder,
}

impl Window {
    /// Onto this desk; exports go to `file`, or the dialog is cancelled.
    pub fn open(desk: Desk, file: Option<PathBuf>) -> Self {
        Self::with_dialog(desk, Box::new(Answer(file)))
    }

    /// With a save dialog of the test's own. It remembers nothing.
    pub fn with_dialog(desk: Desk, dialog: Box<dyn SaveDialog>) -> Self {
        Self::of(Shell::with_desk(desk, Profiles::nowhere(), dialog))
    }

    /// As a program that was just started, with its settings in this folder.
    pub fn started(start: Start, settings: &Path) -> Self {
        Self::of(Shell::new(start, Profiles::at(settings), Box::new(Answer(None))))
    }

    /// As [`Window::started`], with a save dialog that answers this file.
    pub fn answering(start: Start, settings: &Path, file: Option<PathBuf>) -> Self {
        Self::of(Shell::new(start, Profiles::at(settings), Box::new(Answer(file))))
    }

    /// The same, with a keychain.
    #[cfg(target_os = "linux")]
    pub fn with_keychain(start: Start, settings: &Path, keychain: queue_desk::secrets::keychain::Keychain) -> Self {
        Self::of(Shell::new(start, Profiles::at(settings), Box::new(Answer(None))).with_keychain(keychain))
    }

    /// With all of it.
    #[cfg(target_os = "linux")]
    pub fn complete(
        start: Start,
        settings: &Path,
        file: Option<PathBuf>,
        keychain: queue_desk::secrets::keychain::Keychain,
    ) -> Self {
        Self::of(Shell::new(start, Profiles::at(settings), Box::new(Answer(file))).with_keychain(keychain))
    }

    /// Onto this shell.
    pub fn of(shell: Shell) -> Self {
        let mut context = shell::context::<MockRuntime>();
        context.config_mut().app.windows.clear();
        // A folder of this window's own: what it remembers of a ledger is not the person's.
        let folder = super::Folder::new();
        let shell = shell.remembering_in(folder.path().to_owned());
        let app = shell::configure(mock_builder(), shell).build(context).expect("the app builds");
        let webview = WebviewWindowBuilder::new(&app, "main", Default::default()).build().expect("a window");
        let heard: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        for event in [
            "desk://changed",
            "desk://run",
            "desk://export",
            "desk://verify",
            "desk://feed",
            "desk://settled",
            "desk://probe",
            "desk://setup",
        ] {
            let heard = heard.clone();
            app.listen_any(event, move |e| {
                heard.lock().unwrap().push((event.to_owned(), serde_json::from_str(e.payload()).unwrap_or_default()));
            });
        }
        Self { app, webview, heard, folder }
    }

    /// Calls a command as the page does; the error is what the page would catch.
    pub fn invoke(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        invoke(&self.webview, command, arguments)
    }

    /// Calls a command and does not wait for its answer.
    pub fn begin(&self, command: &'static str, arguments: Value) -> JoinHandle<Result<Value, Value>> {
        let webview = self.webview.clone();
        std::thread::spawn(move || invoke(&webview, command, arguments))
    }

    /// Calls a command that must work.
    pub fn call(&self, command: &str, arguments: Value) -> Value {
        self.invoke(command, arguments.clone()).unwrap_or_else(|e| panic!("{command}({arguments}): {e}"))
    }

    /// Calls a command that must be refused with this code; returns the error.
    pub fn refused(&self, command: &str, arguments: Value, code: &str) -> Value {
        let error = self.invoke(command, arguments.clone()).expect_err(command);
        assert_eq!(error["code"], code, "{command}({arguments}): {error}");
        error
    }

    /// A plan for the next working day.
    pub fn plan(&self) -> Value {
        self.call("prepare_preview", json!({ "day": null }))
    }

    /// Commits a plan; all of it, or nothing.
    pub fn commit(&self, plan: &Value) -> Result<Value, Value> {
        self.invoke("prepare_apply", json!({ "planId": plan["id"], "withoutChanged": false }))
    }

    /// Commits what is still as it was shown.
    pub fn commit_others(&self, plan: &Value) -> Value {
        self.call("prepare_apply", json!({ "planId": plan["id"], "withoutChanged": true }))
    }

    /// Plans and commits.
    pub fn prepare(&self) -> Value {
        let plan = self.plan();
        self.commit(&plan).unwrap_or_else(|e| panic!("prepare: {e}"))
    }

    pub fn take(&self, lead: uuid::Uuid) -> Value {
        self.call("take_lead", json!({ "leadId": lead, "expectedOwner": null }))
    }

    pub fn release(&self, lead: uuid::Uuid) -> Value {
        self.call("release_lead", json!({ "leadId": lead, "reason": null }))
    }

    pub fn undo(&self, receipt: &Value) -> Value {
        self.call("undo", json!({ "receiptId": receipt["receipt_id"] }))
    }

    pub fn export(&self, preset: &str) -> Value {
        self.call("export_queue", json!({ "filter": {}, "preset": preset }))
    }

    /// Calls a command that takes nothing.
    pub fn ask(&self, command: &str) -> Value {
        self.call(command, json!({}))
    }

    /// The payloads of an event so far.
    pub fn heard(&self, event: &str) -> Vec<Value> {
        self.heard
            .lock()
            .unwrap()
            .iter()
            .filter(|(name, _)| name == event)
            .map(|(_, payload)| payload.clone())
            .collect()
    }

    pub fn app(&self) -> &App<MockRuntime> {
        &self.app
    }

    /// Where it keeps what it remembers.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

fn invoke(webview: &WebviewWindow<MockRuntime>, command: &str, arguments: Value) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: "tauri://localhost".parse().expect("a url"),
        body: InvokeBody::Json(arguments),
        headers: Default::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(webview, request).map(|body| body.deserialize().expect("json"))
}
