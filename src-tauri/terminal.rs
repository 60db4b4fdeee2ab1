//! The terminal that a program was started from, where it was.

/// Whether nobody reads what this program writes: it was started by a click. On Linux the session keeps it.
#[cfg(windows)]
pub fn is_missing() -> bool {
    use std::os::windows::io::AsRawHandle;
    std::io::stderr().as_raw_handle().is_null()
}

#[cfg(target_os = "macos")]
pub fn is_missing() -> bool {
    // The Finder starts programs as children of the first process.
    // SAFETY: getppid has no preconditions and cannot fail.
    unsafe { libc::getppid() == 1 }
}

#[cfg(not(any(windows, target_os = "macos")))]
pub fn is_missing() -> bool {
    false
}

/// A program with windows has no terminal of its own on Windows; this is the one that it was started from, if any.
pub fn share() {
    #[cfg(windows)]
    if is_missing() {
        use windows_sys::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole};
        // SAFETY: no preconditions; where there is none it does nothing.
        unsafe { AttachConsole(ATTACH_PARENT_PROCESS) };
    }
}
