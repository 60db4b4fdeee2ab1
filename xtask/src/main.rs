//! The two commands of the README, and the chores.
//!
//! `cargo xtask run` brings a bare checkout to a running window; `cargo xtask test` runs everything that must be green.
//! Both install what is missing, say each step in a line, and do nothing twice.

mod memory;
mod postgres;
mod setup;
mod squawk;
mod step;
mod system;

use std::{
    env, fs,
    num::NonZero,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use setup::Ready;
use step::{Failed, Result, captured, shown};

const USAGE: &str = "\
cargo xtask run [-- ARGS]     set up what is missing, build, and open the window on the embedded database
cargo xtask test [FILTER..]   set up what is missing and run every check and test, or the tests that match
cargo xtask e2e [FILTER..]    set up what is missing, build, and drive the real window through the files of tests/e2e that match
cargo xtask bench [CASE..]    build for release and measure each case beside a peer; `window` opens windows
cargo xtask setup             set up what is missing and build the UI
cargo xtask lint              formatting, clippy, the UI's checks, what squawk says about the migrations
cargo xtask slow [FILTER..]   the tests that take many minutes: every place of the kill table, a million messages
cargo xtask fmt               format the Rust sources";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let (verb, rest) = match args.split_first() {
        Some((verb, rest)) => (verb.as_str(), rest),
        None => ("", &[] as &[String]),
    };
    let done = match verb {
        "run" => run(rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest)),
        "test" => test(rest),
        "e2e" => setup::all(true).and_then(|ready| e2e(&ready, rest, shown)),
        "bench" => bench(rest),
        "setup" => setup::all(false).map(|_| ()),
        "slow" => slow(rest),
        "lint" => setup::all(false).and_then(|_| lint()),
        "fmt" => captured("format", cargo().arg("fmt").arg("--all")),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed { message, code }) => {
            if !message.is_empty() {
                eprintln!("{message}");
            }
            ExitCode::from(code)
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    system::check_display()?;
    let ready = setup::all(false)?;
    shown("build", cargo().arg("build"))?;
    let window = target().join("debug").join(format!("queue-desk-window{}", env::consts::EXE_SUFFIX));
    let mut command = Command::new(&window);
    command.arg("--embedded").args(args);
    with_postgres(&mut command, &ready);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        // The window has said why. A signal has no code.
        Ok(status) => Err(Failed::silently(status.code().unwrap_or(1))),
        Err(error) => Err(Failed::new(format!("{} could not be started: {error}", window.display()))),
    }
}

fn test(filters: &[String]) -> Result<()> {
    let ready = setup::all(true)?;
    if filters.is_empty() {
        lint()?;
        captured("ui tests", npm().args(["test", "--if-present"]))?;
        e2e(&ready, &[], captured)?;
    }
    // Last, so that cargo's closing line counts every Rust test.
    let mut command = cargo();
    // Many of them wait, for a server or for a time to pass: twice as many as there are cores keep the cores busy.
    let at_once = 2 * std::thread::available_parallelism().map_or(2, NonZero::get);
    command.args(["test", "--test", "it", "--", "--test-threads", &at_once.to_string()]).args(filters);
    with_postgres(&mut command, &ready);
    memory::temporary_files(&mut command);
    shown("tests", &mut command)
}

/// Minutes to hours, for people. They print what they measured.
fn slow(filters: &[String]) -> Result<()> {
    let ready = setup::all(true)?;
    let mut command = cargo();
    command.args(["test", "--test", "it", "--", "--nocapture", "--test-threads", "1"]);
    match filters.is_empty() {
        true => command.args([
            "audit::migrate_kill",
            "audit::migrate_size",
            "two_things_that_are_broken",
            "a_million_messages",
        ]),
        false => command.args(filters),
    };
    command.env("QUEUE_DESK_SLOW", "1").env("QUEUE_DESK_PAIRS", "all").env("QUEUE_DESK_LARGE", "1");
    with_postgres(&mut command, &ready);
    shown("slow tests", &mut command)
}

/// Drives the real window. WebDriver reaches the window's page on Linux only.
fn e2e(ready: &Ready, filters: &[String], step: fn(&str, &mut Command) -> Result<()>) -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!("window tests .. not on this system: they need WebKitGTK and X11");
        return Ok(());
    }
    captured("build", cargo().arg("build"))?;
    let mut command = Command::new("node");
    // Each has a screen and a database of its own, and mostly waits.
    command
        .current_dir(root())
        .args(["--test", "--test-reporter=spec", "--test-concurrency=2"])
        .args(e2e_files(filters)?);
    command.env("QUEUE_DESK_PROGRAMS", target().join("debug"));
    with_postgres(&mut command, ready);
    memory::temporary_files(&mut command);
    step("window tests", &mut command)
}

/// Measures the program that people get, so everything is built for release first.
fn bench(cases: &[String]) -> Result<()> {
    let ready = setup::all(true)?;
    let (windows, databases): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case.as_str() == "window");
    if cases.is_empty() || !databases.is_empty() {
        let mut command = cargo();
        command.args(["bench", "--bench", "desk", "--"]).args(databases);
        with_postgres(&mut command, &ready);
        shown("databases", &mut command)?;
    }
    if !cfg!(target_os = "linux") || (!cases.is_empty() && windows.is_empty()) {
        return Ok(());
    }
    captured("build", cargo().args(["build", "--release", "--bins", "--example", "bare-window"]))?;
    let mut command = Command::new("node");
    command.current_dir(root()).arg("tests/bench/window.mjs").env("QUEUE_DESK_PROGRAMS", target().join("release"));
    with_postgres(&mut command, &ready);
    shown("windows", &mut command)
}

/// The files by name: what `node --test` makes of a folder differs between its versions.
fn e2e_files(filters: &[String]) -> Result<Vec<PathBuf>> {
    let folder = root().join("tests/e2e");
    let failed = |error| Failed::new(format!("{} cannot be read: {error}", folder.display()));
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wanted = filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
        if name.ends_with(".test.mjs") && wanted {
            files.push(path);
        }
    }
    files.sort();
    match files.is_empty() {
        true => Err(Failed::new(format!("No file in {} matches.", folder.display()))),
        false => Ok(files),
    }
}

fn lint() -> Result<()> {
    captured("ui types", npm().args(["run", "check", "--if-present"]))?;
    captured("ui lint", npm().args(["run", "lint", "--if-present"]))?;
    captured("rust format", cargo().args(["fmt", "--all", "--check"]))?;
    captured("clippy", cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // Nothing outside src-tauri/shell may name Tauri.
    let headless = ["clippy", "--no-default-features", "--lib", "--bin", "queue-desk", "--", "-D", "warnings"];
    captured("clippy without the window", cargo().args(headless))?;
    squawk::lint()
}

/// Names the binaries for the program, unless its user named others.
fn with_postgres(command: &mut Command, ready: &Ready) {
    if let (None, Some(postgres)) = (env::var_os("QUEUE_DESK_POSTGRES"), &ready.postgres) {
        command.env("QUEUE_DESK_POSTGRES", postgres);
    }
}

/// The checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the checkout")
}

fn ui() -> PathBuf {
    root().join("ui")
}

/// Cargo's target folder, wherever it was told to put it: this program is in its `debug`.
fn target() -> PathBuf {
    let exe = env::current_exe().expect("this program has a path");
    exe.ancestors().nth(2).expect("cargo puts programs into target/debug").to_owned()
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

fn npm() -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(ui());
    command
}
