//! What the models show.

#[cfg(bugs)]
use std::panic::catch_unwind;

/// So many changes of thread that no thread asked for are tried in each run, wherever they may
/// come. `GCYCLE_SYNC_PREEMPTIONS` asks for more, which takes longer.
fn preemptions() -> usize {
    let asked = std::env::var("GCYCLE_SYNC_PREEMPTIONS");
    asked.map_or(3, |number| number.parse().expect("a number"))
}

#[test]
fn nothing_reachable_is_freed_and_nothing_unreachable_is_left() {
    for scenario in crate::loom_correct::scenarios::SCENARIOS {
        println!("{}", scenario.name);
        scenario.explore(preemptions());
    }
}

/// `GCYCLE_SYNC_SCHEDULES` asks for more schedules of each program.
#[test]
fn random_programs_keep_the_promises() {
    let asked = std::env::var("GCYCLE_SYNC_SCHEDULES");
    let schedules = asked.map_or(2000, |number| number.parse().expect("a number"));
    for (threads, steps) in [(1, 30), (2, 12), (3, 8)] {
        let program = crate::shuttle_correct::programs::Program { threads, steps };
        shuttle::check_random(move || program.run(), schedules);
        shuttle::check_pct(move || program.run(), schedules, 3);
    }
}

/// Explores the scenario that finds the bug of a variant, and notes if it does not.
#[cfg(bugs)]
macro_rules! find {
    ($($variant:ident: $name:literal),* $(,)?) => {{
        let mut survivors = Vec::new();
        $({
            let scenarios = crate::$variant::scenarios::SCENARIOS;
            let scenario = scenarios.iter().find(|scenario| scenario.name == $name);
            let scenario = scenario.expect("there is such a scenario");
            if catch_unwind(|| scenario.explore(preemptions())).is_ok() {
                survivors.push(stringify!($variant));
            }
        })*
        survivors
    }};
}

#[cfg(bugs)]
#[test]
fn each_rule_is_needed() {
    assert_eq!(for_each_bug!(find), [] as [&str; 0], "no scenario finds these bugs");
}
