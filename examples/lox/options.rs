//! The command line.

use alloc::string::String;
use alloc::vec::Vec;
use core::num::ParseIntError;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::collector::CollectorOptions;
use crate::vm::VmOptions;

/// What the command line asks for.
pub(crate) struct Options {
    /// The program; a prompt if there is none.
    pub(crate) script: Option<PathBuf>,
    /// How to compile it.
    pub(crate) vm: VmOptions,
    /// What to do with the collector.
    pub(crate) collector: CollectorOptions,
}

impl Options {
    /// Reads the command line of this process.
    ///
    /// # Errors
    ///
    /// Fails if the command line is wrong or asks for help.
    pub(crate) fn parse() -> Result<Options, clap::Error> {
        command().try_get_matches().map(|matches| Options::from(&matches))
    }
}

impl From<&ArgMatches> for Options {
    fn from(matches: &ArgMatches) -> Options {
        Options {
            script: matches.get_one("script").cloned(),
            vm: VmOptions {
                shows_code: matches.get_flag("code"),
                is_plain: matches.get_flag("plain-code"),
            },
            collector: CollectorOptions {
                is_off: matches.get_flag("gc-off"),
                thresholds: matches.get_one("gc-threshold").copied(),
                prints_stats: matches.get_flag("gc-stats"),
                prints_log: matches.get_flag("gc-log"),
                heap_page: matches.get_one("heap").cloned(),
            },
        }
    }
}

fn command() -> Command {
    let flag = |name, help| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    Command::new("lox")
        .about("The Lox language of \"Crafting Interpreters\", on gcycle")
        .arg(
            Arg::new("script")
                .help("The program to run; without one, a prompt")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(flag("code", "Print the instructions of each function before running"))
        .arg(flag("plain-code", "Run the instructions of the book, without faster ones"))
        .arg(flag("gc-stats", "At exit, print what the collector did"))
        .arg(flag("gc-log", "Print a line for each collection"))
        .arg(flag("gc-off", "Switch automatic collection off"))
        .arg(
            Arg::new("gc-threshold")
                .long("gc-threshold")
                .value_name("YOUNG,MIDDLE,OLD")
                .help("When the generations are collected")
                .value_parser(parse_thresholds),
        )
        .arg(
            Arg::new("heap")
                .long("heap")
                .value_name("PAGE.html")
                .help("At exit, write a page that shows the heap")
                .value_parser(value_parser!(PathBuf)),
        )
}

fn parse_thresholds(text: &str) -> Result<[u32; 3], String> {
    let numbers: Result<Vec<u32>, ParseIntError> = text.split(',').map(str::parse).collect();
    numbers
        .ok()
        .and_then(|numbers| <[u32; 3]>::try_from(numbers).ok())
        .ok_or_else(|| String::from("three numbers with commas between them are expected"))
}
