//! A desk's database as somebody sees it who is past the server.

use std::process::Command;

use crate::Desk;
use crate::program::run;

/// Runs statements and prints the rows of the last one.
const SQLITE: &str = "
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=10)
*first, last = [part for part in sys.stdin.read().split(';\\n') if part.strip()]
for statement in first:
    database.executescript(statement)
if last.lstrip().upper().startswith('SELECT'):
    for row in database.execute(last):
        print('|'.join('' if value is None else str(value) for value in row))
else:
    database.executescript(last)
database.commit()
";

impl Desk {
    /// Runs statements with the database's own tools. Answers the rows of the last: a line each, with a bar
    /// between columns.
    ///
    /// # Panics
    /// When a statement fails.
    #[track_caller]
    #[must_use]
    pub fn query(&self, statements: &str) -> String {
        if let Some(database) = &self.postgres {
            return match database.sql(statements) {
                Ok(rows) => rows.trim().to_owned(),
                Err(error) => panic!("{statements}: {error:?}"),
            };
        }
        let mut python = Command::new("python3");
        python.args(["-c", SQLITE]).arg(self.server.data_directory().join("support.db"));
        let ended = run(python, statements);
        assert_eq!(ended.code, Some(0), "{statements}: {ended:?}");
        ended.stdout.trim().to_owned()
    }

    /// How the database writes a column of bytes as hexadecimal digits in lower case.
    #[must_use]
    pub fn hex(&self, column: &str) -> String {
        match self.postgres {
            None => format!("lower(hex({column}))"),
            Some(_) => format!("encode({column}, 'hex')"),
        }
    }
}
