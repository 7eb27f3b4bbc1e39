//! A simulation with 60 frames a second, of which everything is cyclic: where do the collections
//! go?
//!
//! ```console
//! $ cargo run --release --example simulation
//! ```
//!
//! A thousand colonies of 150 particles lie in a circle. Particles hold those around them, the
//! one that they came from, and some beyond the border of their colony. They send events to each
//! other, and in each frame five colonies die and five new ones take their places. The frames do
//! not wait for a screen: what is measured is how long the processor works for each of them.
//!
//! The same runs three times, each time in a thread with a heap of its own: as a program that
//! does nothing about the collector, with each collection in one go, and with
//! [`gc::step`](gcycle::gc::step) between the frames. Then the program lets go of the world and
//! shows a menu. When a full collection has begun and ended, nothing is left.

#![expect(clippy::std_instead_of_core, reason = "written as a user would write it")]

mod clock;
mod run;
mod world;

use std::thread;
use std::time::Duration;

use gcycle::gc::{Budget, Generation};

use run::{Collections, Report};
use world::Size;

/// About 150,000 objects.
const SIZE: Size = Size { colonies: 1000, particles: 150, deaths: 5, events: 1000 };

/// Twenty seconds.
const FRAMES: usize = 20 * 60;

/// The columns of the histogram end at so many microseconds.
const ENDS: [u64; 7] = [250, 500, 1000, 2000, 4000, 8000, 16_000];

fn main() {
    println!("{FRAMES} frames; how many took how many milliseconds of processor time:\n");
    print!("{:26}", "");
    for end in ENDS {
        print!("{:>8}", format!("< {}", Duration::from_micros(end).as_secs_f64() * 1e3));
    }
    println!("{:>8}{:>10}", "more", "longest");
    let runs = [
        ("as it is", Collections::InFrames(Budget::default())),
        ("collections in one go", Collections::InFrames(Budget::Unlimited)),
        ("gc::step between frames", Collections::BetweenFrames(Budget::Objects(1000))),
    ];
    let reports = runs.map(|(name, collections)| {
        let run = thread::spawn(move || run::run(SIZE, FRAMES, collections));
        let report = run.join().expect("the simulation ends");
        print_histogram(name, &report.frames);
        if matches!(collections, Collections::BetweenFrames(_)) {
            print_histogram("  the steps between", &report.between);
        }
        (name, report)
    });
    println!();
    for (name, report) in &reports {
        print_objects(name, report);
    }
}

fn print_histogram(name: &str, times: &[Duration]) {
    print!("{name:26}");
    let mut before = 0;
    for end in ENDS.map(Duration::from_micros).into_iter().chain([Duration::MAX]) {
        let until = times.iter().filter(|&&time| time < end).count();
        print!("{:>8}", until - before);
        before = until;
    }
    let longest = times.iter().max().map_or(0.0, Duration::as_secs_f64) * 1e3;
    println!("{longest:>10.2}");
}

fn print_objects(name: &str, report: &Report) {
    let full = report.collections.iter().filter(|info| info.generation == Generation::Old);
    let (count, slices) = full.fold((0, 0), |(count, all), info| (count + 1, all + info.slices));
    println!(
        "{name}: {count} full collections in {slices} goes; {} objects after the last frame, {} \
         dead colonies among them; {} objects left in the end",
        report.objects, report.dead, report.left
    );
}
