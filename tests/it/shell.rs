//! The window around the commands: one for each folder, closed to strangers, covered when nobody sits there.

mod acting;
mod clipboard;
mod closed;
mod commands;
mod hostile;
mod lock;
mod single;
