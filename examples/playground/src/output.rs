//! What a program prints, on its way to the page.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use std::io::{self, Write};

use web_time::Instant;

use crate::host;

/// Where a program prints to, or its errors go.
///
/// Each line is shown at once, unless a program prints many: then they wait for each other,
/// because each time that something is shown costs more than a line.
pub(crate) struct Output {
    is_error: bool,
    waiting: Vec<u8>,
    /// When the period began in which `shown` things were shown.
    began: Instant,
    shown: u32,
}

impl Output {
    const PERIOD: Duration = Duration::from_millis(100);
    const MOST_IN_PERIOD: u32 = 20;
    const MOST_WAITING: usize = 16 * 1024;

    /// Shows everything as output, or as errors.
    pub(crate) fn new(is_error: bool) -> Output {
        Output { is_error, waiting: Vec::new(), began: Instant::now(), shown: 0 }
    }

    fn may_show(&mut self) -> bool {
        if self.began.elapsed() > Self::PERIOD {
            self.began = Instant::now();
            self.shown = 0;
        }
        self.shown < Self::MOST_IN_PERIOD || self.waiting.len() > Self::MOST_WAITING
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if bytes.last() == Some(&b'\n') && self.may_show() {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.waiting.is_empty() {
            host::show_output(self.is_error, &String::from_utf8_lossy(&self.waiting));
            self.waiting.clear();
            self.shown += 1;
        }
        Ok(())
    }
}
