//! What the window does once at a time.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Code, Error, Result};

/// One thing at a time: ends when dropped.
pub struct Busy<'a>(&'a AtomicBool);

impl<'a> Busy<'a> {
    pub fn begin(flag: &'a AtomicBool, refusal: &str) -> Result<Self> {
        match flag.swap(true, Ordering::AcqRel) {
            true => Err(Error::new(Code::AlreadyRunning, refusal)),
            false => Ok(Self(flag)),
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
