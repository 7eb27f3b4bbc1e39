//! Compares gcycle with its peers: the same workloads, on two allocators, each
//! pair in a process of its own, in rounds that take turns. Writes
//! `benches/RESULTS.md` and its plots.
//!
//! ```text
//! cargo benches                    # everything; about half an hour
//! cargo benches --rounds 1 --workloads rings_2,hub --libraries gcycle,Rc
//! cargo benches --render           # write the page again from the last run
//! ```

mod child;
mod cpython;
mod dom;
mod instructions;
mod measure;
mod options;
mod plots;
mod progress;
mod report;
mod results;
mod targets;
mod workers;
mod workloads;

use std::error::Error;
use std::path::Path;

use dom::Dom;
use options::Options;
use results::Results;

/// Where this package is.
const HERE: &str = env!("CARGO_MANIFEST_DIR");

fn main() -> Result<(), Box<dyn Error>> {
    let Some(options) = Options::parse(std::env::args().skip(1))? else {
        print!("{}", options::USAGE);
        return Ok(());
    };
    let here = Path::new(HERE);
    let kept = here.join("target").join("results.tsv");
    let results = if options.render {
        Results::load(&kept)?
    } else {
        let workers = workers::build(here, &options)?;
        let cases = workers::cases(&workers)?;
        let mut results = if options.add { Results::load(&kept)? } else { Results::default() };
        let of_cpython = cpython::wanted(&options);
        results.forget_all_of(cpython::PREFIX, &of_cpython);
        let dom = Dom::build(here, &options)?;
        if dom.is_some() {
            dom::forget(&mut results);
        }
        let has_others = dom.is_some() || !of_cpython.is_empty();
        let time_others = has_others.then_some(|results: &mut Results| {
            if let Some(dom) = &dom {
                dom.measure(results);
            }
            if !of_cpython.is_empty() {
                cpython::measure(here, &options.pythons, &of_cpython, results);
            }
        });
        measure::rounds(&workers, &cases, &options, &mut results, &kept, time_others)?;
        if options.instructions {
            instructions::count(&workers, &cases, &options, &mut results);
        }
        results.save(&kept)?;
        results
    };
    let rows = targets::rows(&results);
    println!("{}", targets::as_text(&rows));
    plots::draw(&here.join("plots"), &results)?;
    std::fs::write(here.join("RESULTS.md"), report::page(&results, &rows))?;
    println!("written: benches/RESULTS.md, benches/plots/*.svg");
    Ok(())
}
