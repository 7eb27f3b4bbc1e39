//! A small Lisp: a reader, environments, closures that hold them, and tail calls.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::iter::{Peekable, from_fn};
use std::str::Chars;

use gcycle::intern::intern;
use gcycle::{Gc, Trace, gc};

use super::{heap_stays_below, leaves_nothing, live_objects, rounds};

type Symbol = Gc<str>;
type Outcome = Result<Value, String>;
type Builtin = fn(&[Value]) -> Outcome;

#[derive(Clone, Trace)]
enum Value {
    Nil,
    Number(i64),
    Symbol(Symbol),
    Pair(Gc<(Value, Value)>),
    Lambda(Gc<Lambda>),
    Builtin(Builtin),
}

#[derive(Trace)]
struct Lambda {
    parameters: Vec<Symbol>,
    body: Value,
    scope: Gc<Scope>,
}

#[derive(Trace)]
struct Scope {
    values: RefCell<HashMap<Symbol, Value>>,
    outer: Option<Gc<Scope>>,
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("()"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Symbol(symbol) => write!(f, "{symbol}"),
            Value::Pair(_) => {
                let texts: Vec<String> = self.items().map(|item| item.to_string()).collect();
                write!(f, "({})", texts.join(" "))
            }
            Value::Lambda(_) | Value::Builtin(_) => f.write_str("<function>"),
        }
    }
}

impl Value {
    /// The items of a list.
    fn items(&self) -> impl Iterator<Item = Value> + use<> {
        let mut rest = self.clone();
        from_fn(move || {
            let Value::Pair(pair) = &rest else { return None };
            let (item, tail) = &**pair;
            let item = item.clone();
            rest = tail.clone();
            Some(item)
        })
    }

    fn list(items: impl DoubleEndedIterator<Item = Value>) -> Value {
        items.rev().fold(Value::Nil, |tail, item| Value::Pair(Gc::new((item, tail))))
    }

    fn number(&self) -> Result<i64, String> {
        match self {
            Value::Number(number) => Ok(*number),
            other => Err(format!("{other} is not a number")),
        }
    }
}

fn read(text: &mut Peekable<Chars<'_>>) -> Outcome {
    while text.next_if(|next| next.is_whitespace()).is_some() {}
    match text.next().ok_or("the text ends too early")? {
        '(' => {
            let mut items = Vec::new();
            loop {
                while text.next_if(|next| next.is_whitespace()).is_some() {}
                if text.next_if_eq(&')').is_some() {
                    return Ok(Value::list(items.into_iter()));
                }
                items.push(read(text)?);
            }
        }
        '\'' => Ok(Value::list([Value::Symbol(intern("quote")), read(text)?].into_iter())),
        first => {
            let mut word = String::from(first);
            word.extend(from_fn(|| text.next_if(|next| !next.is_whitespace() && *next != ')')));
            Ok(word.parse().map_or_else(|_| Value::Symbol(intern(&word)), Value::Number))
        }
    }
}

impl Scope {
    fn new(outer: Option<Gc<Scope>>) -> Gc<Scope> {
        Gc::new(Scope { values: RefCell::default(), outer })
    }

    fn global() -> Gc<Scope> {
        let global = Scope::new(None);
        let builtins: [(&str, Builtin); 7] = [
            ("+", |values| {
                values.iter().map(Value::number).sum::<Result<_, _>>().map(Value::Number)
            }),
            ("-", |values| Ok(Value::Number(values[0].number()? - values[1].number()?))),
            ("=", |values| {
                let equal = values[0].number()? == values[1].number()?;
                Ok(if equal { Value::Number(1) } else { Value::Nil })
            }),
            ("cons", |values| Ok(Value::Pair(Gc::new((values[0].clone(), values[1].clone()))))),
            ("car", |values| values[0].items().next().ok_or("car of nothing".to_owned())),
            ("cdr", |values| {
                Ok(Value::list(values[0].items().skip(1).collect::<Vec<_>>().into_iter()))
            }),
            ("list", |values| Ok(Value::list(values.iter().cloned()))),
        ];
        for (name, builtin) in builtins {
            global.define(&intern(name), Value::Builtin(builtin));
        }
        global
    }

    fn define(&self, name: &Symbol, value: Value) {
        self.values.borrow_mut().insert(name.clone(), value);
    }

    /// The innermost scope that knows `name`.
    fn find<'a>(mut self: &'a Scope, name: &Symbol) -> Result<&'a Scope, String> {
        while !self.values.borrow().contains_key(name) {
            self = self.outer.as_deref().ok_or_else(|| format!("{name} is not defined"))?;
        }
        Ok(self)
    }

    fn get(&self, name: &Symbol) -> Outcome {
        Ok(self.find(name)?.values.borrow()[name].clone())
    }
}

fn run(text: &str, scope: &Gc<Scope>) -> Outcome {
    let mut text = text.trim().chars().peekable();
    let mut result = Value::Nil;
    while text.peek().is_some() {
        result = evaluate(read(&mut text)?, scope.clone())?;
    }
    Ok(result)
}

/// A call in tail position replaces expression and scope, so it needs no stack.
fn evaluate(mut expression: Value, mut scope: Gc<Scope>) -> Outcome {
    loop {
        let form: Vec<Value> = match &expression {
            Value::Symbol(name) => return scope.get(name),
            Value::Pair(_) => expression.items().collect(),
            _ => return Ok(expression),
        };
        let word = if let Value::Symbol(word) = &form[0] { &**word } else { "" };
        match (word, &form[1..]) {
            ("quote", [value]) => return Ok(value.clone()),
            ("if", [condition, then, otherwise]) => {
                let holds = !matches!(evaluate(condition.clone(), scope.clone())?, Value::Nil);
                expression = if holds { then.clone() } else { otherwise.clone() };
            }
            ("define", [Value::Symbol(name), value]) => {
                let value = evaluate(value.clone(), scope.clone())?;
                scope.define(name, value);
                return Ok(Value::Nil);
            }
            ("set!", [Value::Symbol(name), value]) => {
                let value = evaluate(value.clone(), scope.clone())?;
                scope.find(name)?.define(name, value);
                return Ok(Value::Nil);
            }
            ("begin", [first @ .., last]) => {
                for statement in first {
                    evaluate(statement.clone(), scope.clone())?;
                }
                expression = last.clone();
            }
            ("lambda", [parameters, body]) => {
                let parameters = parameters.items().map(|parameter| match parameter {
                    Value::Symbol(name) => Ok(name),
                    other => Err(format!("{other} is not a parameter")),
                });
                let parameters = parameters.collect::<Result<_, String>>()?;
                return Ok(Value::Lambda(Gc::new(Lambda {
                    parameters,
                    body: body.clone(),
                    scope,
                })));
            }
            (_, arguments) => {
                let function = evaluate(form[0].clone(), scope.clone())?;
                let arguments: Result<Vec<Value>, String> = arguments
                    .iter()
                    .map(|argument| evaluate(argument.clone(), scope.clone()))
                    .collect();
                match function {
                    Value::Builtin(builtin) => return builtin(&arguments?),
                    Value::Lambda(lambda) => {
                        scope = Scope::new(Some(lambda.scope.clone()));
                        for (name, value) in lambda.parameters.iter().zip(arguments?) {
                            scope.define(name, value);
                        }
                        expression = lambda.body.clone();
                    }
                    other => return Err(format!("{other} is not a function")),
                }
            }
        }
    }
}

/// What `text` results in, as text.
fn result_of(text: &str) -> String {
    leaves_nothing(|| run(text, &Scope::global()).map_or_else(|error| error, |it| it.to_string()))
}

#[test]
fn expressions_have_the_values_that_they_should() {
    assert_eq!(result_of("(+ 1 2 (- 10 4))"), "9");
    assert_eq!(result_of("'(a (b 2) ())"), "(a (b 2) ())");
    assert_eq!(result_of("(cons 1 (cons (car '(2 3)) '()))"), "(1 2)");
    assert_eq!(result_of("((lambda (f x) (f (f x))) (lambda (n) (+ n n)) 5)"), "20");
}

#[test]
fn errors_name_what_is_wrong() {
    assert_eq!(result_of("(define x 1) (+ x y)"), "y is not defined");
    assert_eq!(result_of("(1 2)"), "1 is not a function");
    assert_eq!(result_of("(+ 1 'a)"), "a is not a number");
    assert_eq!(result_of("(+ 1"), "the text ends too early");
}

#[test]
fn closures_share_the_scope_in_which_they_were_made() {
    let program = "
        (define account (lambda (money)
            (begin
                (define in (lambda (n) (set! money (+ money n))))
                (define out (lambda (n) (set! money (- money n))))
                (list in out (lambda () money)))))
        (define mine (account 100)) (define yours (account 5))
        ((car mine) 50) ((car (cdr mine)) 7) ((car yours) 1)
        (define money (lambda (account) ((car (cdr (cdr account))))))
        (list (money mine) (money yours))";
    assert_eq!(result_of(program), "(143 6)");
    let counter = "
        (define counter (lambda () (begin
            (define n 0)
            (lambda () (begin (set! n (+ n 1)) n)))))
        (define a (counter)) (define b (counter))
        (list (a) (a) (b) (a) (b))";
    assert_eq!(result_of(counter), "(1 2 1 3 2)");
}

#[test]
fn a_hundred_thousand_tail_calls_need_neither_stack_nor_heap() {
    leaves_nothing(|| {
        let global = Scope::global();
        run("(define sum (lambda (n all) (if (= n 0) all (sum (- n 1) (+ all n)))))", &global)
            .unwrap();
        let before = live_objects();
        let calls = rounds(100_000);
        let sum = run(&format!("(sum {calls} 0)"), &global).unwrap().to_string();
        assert_eq!(sum, (calls as u64 * (calls as u64 + 1) / 2).to_string());
        let after = gc::memory().objects;
        assert!(after <= before + 100, "{before} objects before, {after} after");
    });
}

#[test]
fn the_heap_stays_flat_while_calls_leave_cycles() {
    let global = Scope::global();
    run(
        "(define even (lambda (n) (begin
            (define is-even (lambda (n) (if (= n 0) 'yes (is-odd (- n 1)))))
            (define is-odd (lambda (n) (if (= n 0) 'no (is-even (- n 1)))))
            (is-even n))))",
        &global,
    )
    .unwrap();
    heap_stays_below(20_000, 5_000, |round| {
        let answer = run(&format!("(even {})", round % 10), &global).unwrap().to_string();
        assert_eq!(answer, if round % 2 == 0 { "yes" } else { "no" });
    });
}
