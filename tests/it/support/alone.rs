//! A test with a server of its own. Logins and groups belong to a whole server, so who changes them would change every other test's.

use std::process::Command;

const INSIDE: &str = "QUEUE_DESK_TEST_ALONE";

/// True inside. Outside it runs the test of this name in a process of its own, and hands on how that ended.
///
/// # Panics
/// Where the inner run fails.
pub fn alone(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--nocapture"]).env(INSIDE, "1").output().expect("the test starts");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    false
}
