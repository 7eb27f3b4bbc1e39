"""Method calls, inherited and overridden, on instances with a little state."""


class Toggle:
    def __init__(self, state):
        self.state = state

    def value(self):
        return self.state

    def activate(self):
        self.state = not self.state
        return self


class CountingToggle(Toggle):
    def __init__(self, state, limit):
        super().__init__(state)
        self.limit = limit
        self.count = 0

    def activate(self):
        self.count = self.count + 1
        if self.count >= self.limit:
            super().activate()
            self.count = 0
        return self


rounds = 300000
value = True

toggle = Toggle(value)
for i in range(rounds):
    value = toggle.activate().value()
    value = toggle.activate().value()
    value = toggle.activate().value()
print(toggle.value())

counting = CountingToggle(value, 3)
for i in range(rounds):
    value = counting.activate().value()
    value = counting.activate().value()
    value = counting.activate().value()
print(counting.value())
