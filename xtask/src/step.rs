//! One step of the work: its name, its time, and what it said where it failed.

use std::{
    io::Write,
    process::{Command, Stdio},
    time::Instant,
};

pub type Result<T> = std::result::Result<T, Failed>;

/// Why the work stops, in words for the person at the terminal.
pub struct Failed {
    pub message: String,
    pub code: u8,
}

impl Failed {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// The program that failed has said everything.
    pub fn silently(code: i32) -> Self {
        Self { message: String::new(), code: u8::try_from(code).unwrap_or(1) }
    }
}

/// Runs a command in silence, and shows what it said if it fails.
pub fn captured(name: &str, command: &mut Command) -> Result<()> {
    print!("{name} ..");
    let _ = std::io::stdout().flush();
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| {
        println!();
        could_not_start(name, command, &error)
    })?;
    println!(" {} ({:.1} s)", if output.status.success() { "ok" } else { "failed" }, started.elapsed().as_secs_f32());
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(Failed::new(format!("{}\n{name} failed.", String::from_utf8_lossy(&said).trim_end())))
}

/// Runs a command that shows its own progress, and has the last word.
pub fn shown(name: &str, command: &mut Command) -> Result<()> {
    println!("{name} ..");
    let status = command.stdin(Stdio::null()).status();
    let status = status.map_err(|error| could_not_start(name, command, &error))?;
    if status.success() { Ok(()) } else { Err(Failed::silently(status.code().unwrap_or(1))) }
}

/// Runs a piece of this program as a step.
pub fn done(name: &str, work: impl FnOnce() -> std::io::Result<()>) -> Result<()> {
    let started = Instant::now();
    work().map_err(|error| Failed::new(format!("{name} failed: {error}")))?;
    println!("{name} .. ok ({:.1} s)", started.elapsed().as_secs_f32());
    Ok(())
}

fn could_not_start(name: &str, command: &Command, error: &std::io::Error) -> Failed {
    Failed::new(format!("{name} failed: {} could not be started: {error}", command.get_program().display()))
}
