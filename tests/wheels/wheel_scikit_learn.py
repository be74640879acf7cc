# wheel: scikit_learn
"""Models are fitted."""
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
data = load_iris()
train, test, train_y, test_y = train_test_split(data.data, data.target, random_state=0)
for model in (LogisticRegression(max_iter=500), RandomForestClassifier(20, random_state=0)):
    print(type(model).__name__, round(model.fit(train, train_y).score(test, test_y), 3))
print(KMeans(3, random_state=0, n_init=1).fit(data.data).cluster_centers_.round(3))
