//! Runs `examples/tour`, which asserts what it tells, and looks at what it says.

#[path = "../examples/tour/main.rs"]
mod tour;

use std::env;
use std::process::{self, Command};

/// Tells a process that it is to tell the story.
const CHILD: &str = "GCYCLE_TOUR";

/// The story, and what the collector wrote to standard error meanwhile.
fn tell(test: &str) -> (String, String) {
    if env::var(CHILD).is_ok() {
        tour::main();
        process::exit(0);
    }
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let [story, debug] =
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(output.status.success(), "{story}\n{debug}");
    (story, debug)
}

#[test]
#[cfg_attr(gc_zeal, ignore = "the story tells when collections start")]
fn the_story_is_true_to_its_end() {
    let (story, debug) = tell("the_story_is_true_to_its_end");
    for chapter in [
        "1. The gc module",
        "2. Objects in memory",
        "3. References",
        "4. When garbage is collected",
        "5. Generations",
        "6. Isolated cycles",
        "7. Memory that goes back",
        "8. Watching the collector",
    ] {
        assert!(story.contains(chapter), "no chapter {chapter} in\n{story}");
    }
    assert!(story.trim_end().ends_with("all of it was true."), "{story}");
    // The copies of the counts, before and after the subtraction.
    assert!(story.contains("gc_ref:  a: 1   b: 1   x: 1   y: 2"), "{story}");
    assert!(story.contains("x refers to y:  a: 0   b: 0   x: 1   y: 0"), "{story}");
    // The last chapter switched debug flags on for one collection.
    assert!(debug.starts_with("gc: collecting generation 2...\n"), "{debug}");
    assert_eq!(debug.matches("gc: collectable <").count(), 2, "{debug}");
    assert!(debug.contains("gc: done, 2 unreachable, 0 uncollectable, "), "{debug}");
}
