//! The model: random programs run on the library and on an oracle, which must
//! agree after every step.
//!
//! [`program`] says what programs are, [`oracle`] what they must do, and
//! [`machine`] compares. The fuzz target `model` runs the same programs, and
//! the corpus in `fuzz/corpus/model` is run here too.
//!
//! `GCYCLE_MODEL_PROGRAMS` sets how many programs each test runs,
//! `GCYCLE_MODEL_SECONDS` how long the long run goes on, and
//! `GCYCLE_MODEL_SEED` repeats a run: the seed is printed.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::format_collect,
    clippy::needless_for_each,
    clippy::semicolon_if_nothing_returned,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::struct_excessive_bools,
    reason = "tests read like the code of users"
)]

use std::fmt::Debug;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use proptest::arbitrary::any;
use proptest::collection::vec;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestError, TestRunner};

use program::{Code, Program};

mod machine;
mod oracle;
mod program;
mod values;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// How many programs one of the five tests runs; `.ci/run` asks for more.
fn programs() -> u32 {
    let usual = if cfg!(miri) { 2 } else { 2500 };
    let number = number("GCYCLE_MODEL_PROGRAMS").unwrap_or(usual);
    number.try_into().expect("so many programs would not end")
}

/// A runner with a seed of its own, which it prints.
fn runner(test: u64, cases: u32) -> TestRunner {
    let seed = number("GCYCLE_MODEL_SEED").unwrap_or_else(|| {
        // Miri shows no clock, and its runs are all alike.
        if cfg!(miri) {
            return 1;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
        now.as_secs()
    });
    println!("GCYCLE_MODEL_SEED={seed}, {cases} programs");
    TestRunner::new(Config {
        cases,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(seed.wrapping_mul(8).wrapping_add(test)),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    })
}

fn codes(most: usize) -> impl Strategy<Value = Vec<Code>> {
    let most = if cfg!(miri) { most / 2 } else { most };
    vec(any::<Code>(), 1..most)
}

/// Runs programs of up to `most` operations, each on a heap of its own.
fn agree(test: u64, cases: u32, most: usize, change: impl Fn(Code) -> Code) {
    let strategy = (codes(most), any::<u8>());
    let result = runner(test, cases).run(&strategy, |(codes, ending)| {
        let codes: Vec<Code> = codes.into_iter().map(&change).collect();
        machine::run_alone(&Program::of_codes(&codes, ending));
        Ok(())
    });
    if let Err(error) = result {
        complain(error, |(codes, ending)| {
            let codes: Vec<Code> = codes.into_iter().map(&change).collect();
            let mut bytes = codes.as_flattened().to_vec();
            bytes.push(ending);
            bytes
        });
    }
}

/// Shows the smallest program that fails, and its bytes for the corpus.
fn complain<T: Debug>(error: TestError<T>, encode: impl Fn(T) -> Vec<u8>) -> ! {
    match error {
        TestError::Fail(reason, smallest) => {
            let bytes = encode(smallest);
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            panic!("{reason}\n{:#?}\nbytes: {hex}", Program::decode(&bytes));
        }
        TestError::Abort(reason) => panic!("{reason}"),
    }
}

#[test]
fn short_programs_agree_with_the_oracle() {
    agree(0, programs(), 40, |code| code);
}

#[test]
fn longer_programs_agree_with_the_oracle() {
    agree(1, programs(), 120, |code| code);
}

/// Every object has a finalizer.
#[test]
fn programs_full_of_finalizers_agree_with_the_oracle() {
    agree(2, programs(), 60, |[choice, a, b, c]| {
        if choice < 32 { [choice, a, b, 120 + c % 127] } else { [choice, a, b, c] }
    });
}

/// Collections start by themselves, at low thresholds.
#[test]
fn programs_with_automatic_collections_agree_with_the_oracle() {
    agree(3, programs(), 80, |[choice, a, b, c]| match choice {
        176..=190 => [0, a, b, c],
        191..=203 => [227, a % 5, b, c],
        236..=240 => [236, 0, b, c],
        _ => [choice, a, b, c],
    });
}

/// Nobody is to be told of garbage, so that most of it may leave a collection before
/// the others are found: nothing is finalized, no callback waits, no weak map is used.
#[test]
fn programs_without_code_in_collections_agree_with_the_oracle() {
    agree(4, programs(), 90, |[choice, a, b, c]| match choice {
        // Small objects and leaves.
        0..=31 => [choice, [0, 60, 220, 240][a as usize % 4], b, 0],
        // Full collections.
        176..=203 => [choice, 2, b, c],
        213..=223 => [choice, a, b % 150, 0],
        _ => [choice, a, b, c % 160],
    });
}

/// One heap lives through many programs, and reuses its memory.
#[test]
fn one_heap_outlives_many_programs() {
    let result = runner(5, programs().div_ceil(4)).run(&codes(60), |codes| {
        machine::run_here(&Program::of_codes(&codes, 0));
        Ok(())
    });
    if let Err(error) = result {
        complain(error, |codes| codes.as_flattened().to_vec());
    }
}

/// What fuzzing found worth keeping, and what once failed.
#[test]
#[cfg_attr(miri, ignore = "reads files, and runs for too long")]
fn the_corpus_agrees_with_the_oracle() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/model");
    let mut count = 0;
    for entry in std::fs::read_dir(corpus).expect("the corpus is there") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        machine::run_alone(&Program::decode(&bytes));
        count += 1;
    }
    assert!(count > 0, "the corpus is empty");
}

/// `GCYCLE_MODEL_SECONDS=3600 cargo test --release --test model -- --ignored`
/// runs for an hour.
#[test]
#[ignore = "runs as long as GCYCLE_MODEL_SECONDS says"]
fn programs_agree_for_a_long_time() {
    let limit = Duration::from_secs(number("GCYCLE_MODEL_SECONDS").unwrap_or(3600));
    let started = Instant::now();
    let mut programs = 0_u64;
    while started.elapsed() < limit {
        agree(6 + programs, 2_000, 200, |code| code);
        programs += 2_000;
    }
    println!("{programs} programs in {:?}", started.elapsed());
}
