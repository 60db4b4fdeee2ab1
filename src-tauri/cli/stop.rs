//! When a command that goes on by itself is to stop.

/// Waits for Ctrl-C, and for what service managers and closing terminals send.
pub async fn told() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut term), Ok(mut hup)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
                _ = hup.recv() => {}
            }
            return;
        }
    }
    #[cfg(windows)]
    {
        use tokio::signal::windows::{ctrl_break, ctrl_close, ctrl_logoff, ctrl_shutdown};
        if let (Ok(mut broken), Ok(mut closed), Ok(mut out), Ok(mut down)) =
            (ctrl_break(), ctrl_close(), ctrl_logoff(), ctrl_shutdown())
        {
            // Of a window that is closed Windows ends the program seconds later, whatever it still does.
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = broken.recv() => {}
                _ = closed.recv() => {}
                _ = out.recv() => {}
                _ = down.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
