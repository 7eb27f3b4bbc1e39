# The same as churn.lox.


class Link:
    def __init__(self, value):
        self.value = value
        self.next = None
        self.visit = None


def ring(length):
    first = Link(0)
    last = first
    i = 1
    while i < length:
        last.next = Link(i)
        last = last.next
        i = i + 1
    last.next = first
    return first


def observed(length):
    link = ring(length)

    def visit():
        return link.value

    link.visit = visit
    return link


def walker(n):
    def walk(i):
        if i == 0:
            return n
        return walk(i - 1)

    return walk(3)


sum = 0
i = 0
while i < 50000:
    sum = sum + observed(5).visit() + walker(1)
    i = i + 1
print(sum)
