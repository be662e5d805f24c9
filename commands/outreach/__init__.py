"""Commands that make what people see of the program outside of the service: flyers, forms."""
