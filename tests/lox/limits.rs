//! What the language limits, and that it says so instead of breaking.

use crate::process::{lox_source, text};

/// A program of `count` lines made from their numbers, inside a function.
fn in_function(count: usize, line: impl Fn(usize) -> String) -> String {
    let lines: Vec<String> = (0..count).map(line).collect();
    format!("fun f() {{\n{}\n}}\n", lines.join("\n"))
}

/// Asserts that `source` fails to compile with just this error.
#[track_caller]
fn assert_compile_error(name: &str, source: &str, error: &str) {
    let output = lox_source(name, source);
    assert_eq!(text(&output.stderr).trim_end(), error);
    assert_eq!(output.status.code(), Some(65));
}

/// Asserts that `source` compiles and runs.
#[track_caller]
fn assert_runs(name: &str, source: &str) {
    let output = lox_source(name, source);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_function_has_at_most_256_constants() {
    assert_runs("constants_256.lox", &in_function(256, |n| format!("{n};")));
    assert_compile_error(
        "constants_257.lox",
        // The same constant again counts again.
        &in_function(257, |_| "1;".to_owned()),
        "[line 258] Error at '1': Too many constants in one chunk.",
    );
}

#[test]
fn a_function_has_at_most_256_locals() {
    // Slot 0 is taken.
    assert_runs("locals_255.lox", &in_function(255, |n| format!("var v{n};")));
    assert_compile_error(
        "locals_256.lox",
        &in_function(256, |n| format!("var v{n};")),
        "[line 257] Error at 'v255': Too many local variables in function.",
    );
}

#[test]
fn a_function_captures_at_most_256_variables() {
    let declarations = |from: usize, to: usize| {
        (from..to).map(|n| format!("var v{n};")).collect::<Vec<_>>().join(" ")
    };
    let uses = |count: usize| (0..count).map(|n| format!("v{n};")).collect::<Vec<_>>().join(" ");
    let source = |count: usize| {
        let outer = declarations(0, 200);
        let middle = declarations(200, 300);
        format!("fun f() {{ {outer} fun g() {{ {middle} fun h() {{\n{}\n}} }} }}", uses(count))
    };
    assert_runs("upvalues_256.lox", &source(256));
    assert_compile_error(
        "upvalues_257.lox",
        &source(257),
        "[line 2] Error at 'v256': Too many closure variables in function.",
    );
}

#[test]
fn a_call_has_at_most_255_arguments() {
    let source = |parameters: usize, arguments: usize| {
        let parameters: Vec<String> = (0..parameters).map(|n| format!("p{n}")).collect();
        let arguments = vec!["nil"; arguments];
        let (parameters, arguments) = (parameters.join(", "), arguments.join(", "));
        format!("fun f({parameters}) {{}}\nfun g() {{\nf({arguments});\n}}\n")
    };
    assert_runs("arguments_255.lox", &source(255, 255));
    assert_compile_error(
        "parameters_256.lox",
        &source(256, 1),
        "[line 1] Error at 'p255': Can't have more than 255 parameters.",
    );
    assert_compile_error(
        "arguments_256.lox",
        &source(1, 256),
        "[line 3] Error at 'nil': Can't have more than 255 arguments.",
    );
}

#[test]
fn jumps_are_at_most_65535_bytes_of_the_books_bytecode() {
    // `nil;` is two bytes there, a `while` loop seven besides its body.
    let repeated = |count: usize| "nil; ".repeat(count);
    let body = |count: usize| format!("if (false) {{\n{}\n}}\n", repeated(count));
    assert_runs("jump_fits.lox", &body(32_765));
    assert_compile_error(
        "jump_too_far.lox",
        &body(32_767),
        "[line 3] Error at '}': Too much code to jump over.",
    );
    let body = |count: usize| format!("while (false) {{\n{}\n}}\n", repeated(count));
    assert_runs("loop_fits.lox", &body(32_763));
    assert_compile_error(
        "loop_too_large.lox",
        &body(32_764),
        "[line 3] Error at '}': Loop body too large.",
    );
}

#[test]
fn nesting_is_limited_instead_of_overflowing_the_stack() {
    let parentheses = |depth: usize| format!("print {}1{};", "(".repeat(depth), ")".repeat(depth));
    assert_runs("nested.lox", &parentheses(900));
    for (name, source) in [
        ("parentheses.lox", parentheses(100_000)),
        ("minuses.lox", format!("print {}1;", "-".repeat(100_000))),
        ("blocks.lox", "{".repeat(100_000)),
        ("functions.lox", "fun f() {".repeat(100_000)),
        ("ifs.lox", "if (true) ".repeat(100_000)),
        ("calls.lox", "nil(".repeat(100_000)),
        ("assignments.lox", format!("{{ var a; {}", "a = ".repeat(100_000))),
        ("ands.lox", "nil and ".repeat(100_000)),
    ] {
        let output = lox_source(name, &source);
        let errors = text(&output.stderr);
        assert!(errors.contains("Too much nesting."), "{name}: {errors}");
        assert_eq!(output.status.code(), Some(65), "{name}");
    }
}

#[test]
fn chains_and_rings_of_any_length_are_dropped_without_recursion() {
    // Under gc_zeal each allocation checks the whole heap.
    let length = if cfg!(gc_zeal) { 300 } else { 100_000 };
    let source = format!(
        "class Node {{ init(next) {{ this.next = next; }} }}
         fun chain(node) {{
           for (var i = 0; i < {length}; i = i + 1) node = Node(node);
           return node;
         }}
         fun ring() {{
           var last = Node(nil);
           last.next = chain(last);
         }}
         fun closures() {{
           var f;
           for (var i = 0; i < {length}; i = i + 1) {{
             var before = f;
             fun next() {{ return before; }}
             f = next;
           }}
           return f;
         }}
         chain(nil); ring(); closures(); ring();"
    );
    assert_runs("chains.lox", &source);
}
