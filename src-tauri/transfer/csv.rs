//! CSV as RFC 4180 has it: a header row always, CRLF, commas, quotes where needed. No preamble.
//!
//! # What a spreadsheet does to a cell, and what [`Preset::Excel`] does about it
//!
//! Excel, LibreOffice and Google Sheets run a cell that begins with `=`, `+`, `-` or `@` as a formula, quoted or not,
//! so a lead's name can be a program. `+972501234567` becomes the number 9.72501E+11, `+1-555-1234` becomes -1788, and
//! `0501234567` loses its zero. The cure is the one that OWASP (CSV Injection) and its ASVS 5.0 (requirement 1.2.10)
//! ask for: an apostrophe in front. The cell is then text in every program, at the price of a visible apostrophe.
//! Alternatives were weighed: `="+972..."` is itself a formula; a tab in front is invisible, gets copied along with the
//! phone, and is itself on OWASP's list because some imports strip it; spaces inside the phone do not stop a formula.
//!
//! The apostrophe can be taken off again without loss: strip one wherever the cell, apostrophes aside, begins
//! with one of these characters (in a phone column also with a digit). Numbers and times of ours are not touched.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use super::columns::{Cell, ExportRow, HEADER};

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// For people: a byte order mark, so that Excel reads Hebrew as UTF-8, and nothing in it runs as a formula.
    Excel,
    /// For programs: the data exactly as it is, UTF-8 without a mark. Never open it in a spreadsheet.
    Machine,
}

/// Writes rows as they come; holds one buffer of a few kilobytes, never the export.
pub struct CsvOut<W: Write> {
    csv: ::csv::Writer<W>,
    preset: Preset,
    rows: u64,
}

impl<W: Write> CsvOut<W> {
    /// Writes the header at once, so that an export of nothing is a header.
    pub fn new(mut out: W, preset: Preset) -> io::Result<Self> {
        if preset == Preset::Excel {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut csv = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
        csv.write_record(HEADER)?;
        Ok(Self { csv, preset, rows: 0 })
    }

    pub fn write(&mut self, row: &ExportRow) -> io::Result<()> {
        for cell in row.cells() {
            match cell {
                Cell::Plain(value) => self.csv.write_field(value)?,
                Cell::Text(value) | Cell::Digits(value) if self.preset == Preset::Machine => {
                    self.csv.write_field(value)?
                }
                Cell::Text(value) => self.guarded(value, runs_as_formula)?,
                Cell::Digits(value) => {
                    self.guarded(value, |value| runs_as_formula(value) || is_read_as_number(value))?
                }
            }
        }
        self.csv.write_record(None::<&[u8]>)?;
        self.rows += 1;
        Ok(())
    }

    /// Rows written so far, without the header.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Hands everything to the writer underneath and gives it back. Without this the last rows may be missing.
    pub fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(|unfinished| unfinished.into_error())
    }

    /// With an apostrophe in front where `is_risky`, apostrophes of its own aside: those must not make it ambiguous.
    fn guarded(&mut self, value: &str, is_risky: impl Fn(&str) -> bool) -> io::Result<()> {
        if is_risky(value.trim_start_matches('\'')) {
            self.csv.write_field(format!("'{value}"))?;
        } else {
            self.csv.write_field(value)?;
        }
        Ok(())
    }
}

/// A text of others as [`Preset::Excel`] writes it.
pub fn safe(value: &str) -> Cow<'_, str> {
    match runs_as_formula(value.trim_start_matches('\'')) {
        true => Cow::Owned(format!("'{value}")),
        false => Cow::Borrowed(value),
    }
}

/// The characters of OWASP's list, with the full-width forms that some spreadsheets fold, also behind blanks and marks
/// that an import may strip.
fn runs_as_formula(value: &str) -> bool {
    let is_invisible = |c: char| {
        c.is_whitespace()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    value.starts_with(['\t', '\r', '\n', '\0'])
        || value
            .trim_start_matches(is_invisible)
            .starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

fn is_read_as_number(value: &str) -> bool {
    value.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '(')
}
