//! Each action, driven through Tauri's IPC on a real database, and the rows read afterwards.

mod prepare;
